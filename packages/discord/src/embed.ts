// Embeds that Discord accepts whatever was fetched into them. Nothing here changes its argument, throws on odd content,
// or lets a URL through that is not http(s) (or, for pictures, a file of the same message).
import type { APIEmbed, APIEmbedField } from 'discord.js';
import type { EmbedLike } from './command.js';
import { clean, cut } from './text.js';

const limits = {
  title: 256,
  description: 4096,
  author: 256,
  footer: 2048,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  url: 2048,
  total: 6000,
  embeds: 10,
} as const;

/** Discord refuses an embed that shows nothing: this is a text that it accepts and nobody sees. */
const invisible = '\u200b';

/**
 * An embed that Discord accepts, whatever was fetched into it: texts are cut at 256/4096/1024/2048 characters and 6000
 * in all, 25 fields are kept, fields without name or value and URLs that are not http(s) are dropped
 * (`attachment://name` stays for pictures). The argument is not changed.
 * @example
 * return fitEmbed({ title: page.title, description: page.text, image: { url: page.image } });
 */
export function fitEmbed(embed: EmbedLike): APIEmbed {
  return fit(plain(embed), limits.total).embed;
}

/** As {@link fitEmbed}, for the embeds of one message, which share the 6000 characters; ten are kept. */
export function fitEmbeds(embeds: readonly EmbedLike[]): APIEmbed[] {
  const fitted: APIEmbed[] = [];
  let room: number = limits.total;
  for (const embed of embeds.slice(0, limits.embeds)) {
    if (room <= 0) break;
    const { embed: next, used } = fit(plain(embed), room);
    fitted.push(next);
    room -= used;
  }
  return fitted;
}

/** The embed as data: builders are taken as well. */
export function plain(embed: EmbedLike): APIEmbed {
  return 'toJSON' in embed && typeof embed.toJSON === 'function' ? embed.toJSON() : (embed as APIEmbed);
}

function fit(source: APIEmbed, room: number): { embed: APIEmbed; used: number } {
  const budget = new Budget(room);
  const title = budget.take(source.title, limits.title);
  const author = budget.take(source.author?.name, limits.author);
  const footer = budget.take(source.footer?.text, limits.footer);
  const description = budget.take(source.description, limits.description);
  const fields = fitFields(source.fields, budget);
  const embed: APIEmbed = {
    ...defined('title', title),
    ...defined('description', description),
    ...defined('url', link(source.url)),
    ...defined('color', color(source.color)),
    ...defined('timestamp', timestamp(source.timestamp)),
    ...(author && { author: { name: author, ...defined('url', link(source.author?.url)), ...icon(source.author) } }),
    ...(footer && { footer: { text: footer, ...icon(source.footer) } }),
    ...defined('image', picture(source.image)),
    ...defined('thumbnail', picture(source.thumbnail)),
    ...(fields.length > 0 && { fields }),
  };
  const shows = title || description || author || footer || fields.length > 0 || embed.image || embed.thumbnail;
  if (!shows) embed.description = budget.take(invisible, 1) ?? invisible;
  return { embed, used: room - budget.left };
}

/** The characters that are left for an embed's texts, handed out in order of importance. */
class Budget {
  left: number;

  constructor(room: number) {
    this.left = room;
  }

  take(value: unknown, limit: number): string | undefined {
    const text = cut(clean(value), Math.min(limit, this.left));
    this.left -= text.length;
    return text === '' ? undefined : text;
  }
}

function fitFields(fields: unknown, budget: Budget): APIEmbedField[] {
  const fitted: APIEmbedField[] = [];
  for (const field of Array.isArray(fields) ? (fields as Partial<APIEmbedField | null>[]) : []) {
    if (fitted.length === limits.fields) break;
    const name = cut(clean(field?.name), limits.fieldName);
    if (name === '' || clean(field?.value) === '') continue;
    // A field whose name alone fills what is left cannot be shown: nor can any after it.
    if (name.length >= budget.left) break;
    budget.take(name, limits.fieldName);
    const value = budget.take(field?.value, limits.fieldValue) ?? '';
    fitted.push({ name, value, ...(field?.inline === undefined ? {} : { inline: Boolean(field.inline) }) });
  }
  return fitted;
}

function defined<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function icon(source: { icon_url?: string } | undefined): { icon_url?: string } {
  return defined('icon_url', pictureUrl(source?.icon_url));
}

function picture(source: { url: string; description?: string } | undefined): { url: string } | undefined {
  const url = pictureUrl(source?.url);
  return url === undefined ? undefined : { url };
}

function pictureUrl(value: unknown): string | undefined {
  if (typeof value === 'string' && /^attachment:\/\/[\w.-]{1,255}$/.test(value)) return value;
  return link(value);
}

/** The URL as it was written where Discord can read it so, else in its serialised form; undefined if it is not http(s). */
function link(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const text = /^https?:\/\/[\x21-\x7e]+$/i.test(value) ? value : url.href;
  return text.length <= limits.url ? text : undefined;
}

function color(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffff
    ? (value as number)
    : undefined;
}

function timestamp(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && !(value instanceof Date)) return undefined;
  const date = new Date(value);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString() : undefined;
}
