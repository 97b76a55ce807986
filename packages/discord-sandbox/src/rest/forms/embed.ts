/**
 * An embed as Discord takes it: every text within its length, 25 fields, http(s) addresses, 6000 characters in all the
 * embeds of a message together. Unknown keys are dropped, never stored.
 */
import { type APIEmbed, EmbedType } from 'discord-api-types/v10';
import type { Field } from '../form.js';

const TITLE = 256;
const DESCRIPTION = 4_096;
const FIELDS = 25;
const FIELD_NAME = 256;
const FIELD_VALUE = 1_024;
const FOOTER = 2_048;
const AUTHOR = 256;
const EMBEDS = 10;
const TOGETHER = 6_000;

const PICTURE_SCHEMES = ['http', 'https', 'attachment'];

/** undefined where the field is absent; null counts as an empty list. */
export function readEmbeds(field: Field): APIEmbed[] | undefined {
  if (field.value === undefined) return undefined;
  const embeds = field.list({ max: EMBEDS }).flatMap((each) => readEmbed(each) ?? []);
  const together = embeds.reduce((sum, embed) => sum + lengthOf(embed), 0);
  if (together > TOGETHER) field.fail('MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOGETHER}`);
  return embeds.filter((embed) => Object.keys(embed).length > 1);
}

function readEmbed(field: Field): APIEmbed | undefined {
  if (!field.object(true)) return undefined;
  const title = field.at('title').text({ max: TITLE });
  const description = field.at('description').text({ max: DESCRIPTION });
  const url = field.at('url').url();
  const timestamp = readTimestamp(field.at('timestamp'));
  const color = field.at('color').integer({ min: 0, max: 0xffffff });
  const footer = readFooter(field.at('footer'));
  const author = readAuthor(field.at('author'));
  const image = readPicture(field.at('image'));
  const thumbnail = readPicture(field.at('thumbnail'));
  const fields = field
    .at('fields')
    .list({ max: FIELDS })
    .flatMap((each) => readEntry(each) ?? []);
  return {
    type: EmbedType.Rich,
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(url ? { url } : {}),
    ...(timestamp ? { timestamp } : {}),
    ...(color === undefined ? {} : { color }),
    ...(footer ? { footer } : {}),
    ...(author ? { author } : {}),
    ...(image ? { image } : {}),
    ...(thumbnail ? { thumbnail } : {}),
    ...(fields.length > 0 ? { fields } : {}),
  };
}

function readTimestamp(field: Field): string | undefined {
  const text = field.text();
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time)) {
    return field.fail('DATE_TIME_TYPE_PARSE', `Could not parse ${text.slice(0, 60)}. Should be ISO8601.`);
  }
  return new Date(time).toISOString();
}

function readFooter(field: Field): APIEmbed['footer'] {
  if (!field.object()) return undefined;
  const text = field.at('text').text({ max: FOOTER, required: true });
  const icon = field.at('icon_url').url(PICTURE_SCHEMES);
  return text ? { text, ...(icon ? { icon_url: icon } : {}) } : undefined;
}

function readAuthor(field: Field): APIEmbed['author'] {
  if (!field.object()) return undefined;
  const name = field.at('name').text({ max: AUTHOR, required: true });
  const url = field.at('url').url();
  const icon = field.at('icon_url').url(PICTURE_SCHEMES);
  return name ? { name, ...(url ? { url } : {}), ...(icon ? { icon_url: icon } : {}) } : undefined;
}

function readPicture(field: Field): APIEmbed['image'] {
  if (!field.object()) return undefined;
  const address = field.at('url');
  if (!address.text()) return address.missing();
  const url = address.url(PICTURE_SCHEMES);
  return url ? { url } : undefined;
}

function readEntry(field: Field): NonNullable<APIEmbed['fields']>[number] | undefined {
  if (!field.object(true)) return undefined;
  const name = field.at('name').text({ max: FIELD_NAME, required: true });
  const value = field.at('value').text({ max: FIELD_VALUE, required: true });
  const inline = field.at('inline').flag() ?? false;
  return name && value ? { name, value, inline } : undefined;
}

function lengthOf(embed: APIEmbed): number {
  const texts = [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap((entry) => [entry.name, entry.value]),
  ];
  return texts.reduce((sum, text) => sum + [...(text ?? '')].length, 0);
}
