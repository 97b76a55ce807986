// From what a command returned to a message that can be sent: texts and embeds fitted, files as bytes only, nobody
// pinged. Anything that would make discord.js open a path or a URL by itself is refused here.
import { type APIEmbed, MessageFlags } from 'discord.js';
import type { EmbedLike, Reply } from './command.js';
import { fitEmbeds, plain } from './embed.js';
import { kindOf } from './kinds.js';
import { Notice } from './notice.js';
import { clean, cut } from './text.js';

/** A file of a message: always bytes. */
export interface MessageFile {
  readonly name: string;
  readonly attachment: Buffer;
  readonly description?: string;
}

/** A message in the shape that discord.js takes. */
export interface Message {
  readonly content?: string;
  readonly embeds?: APIEmbed[];
  readonly files?: MessageFile[];
  readonly allowedMentions?: unknown;
  readonly flags?: number;
  readonly [key: string]: unknown;
}

export const limits = { content: 2000, files: 10 } as const;

/** What was returned cannot be sent, for a reason that the command's author has to mend. */
class ReplyError extends TypeError {
  override readonly name = 'ReplyError';
  readonly code = 'BOT_REPLY';
}

const embedKeys = [
  'title',
  'description',
  'fields',
  'author',
  'footer',
  'image',
  'thumbnail',
  'color',
  'timestamp',
  'url',
];
const payloadKeys = ['content', 'embeds', 'files', 'components', 'poll', 'flags', 'stickers', 'attachments', 'tts'];

/**
 * The message that a reply asks for.
 * @throws ReplyError naming what is wrong with it and what was expected; Notice where it is empty.
 */
export function toMessage(reply: Reply): Message {
  const payload = toPayload(reply);
  const { content, embeds, files, flags, ephemeral, ...rest } = payload;
  const bits = readFlags(flags) | (ephemeral === true ? MessageFlags.Ephemeral : 0);
  const message: Message = {
    ...rest,
    ...(content === undefined || content === null ? {} : { content: fitContent(content) }),
    ...(embeds === undefined || embeds === null ? {} : { embeds: readEmbeds(embeds) }),
    ...(files === undefined || files === null ? {} : { files: readFiles(files) }),
    ...(bits === 0 ? {} : { flags: bits }),
    allowedMentions: rest.allowedMentions ?? { parse: [] },
  };
  if (!shows(message)) throw new Notice('noAnswer', 'the reply is empty: return text, an embed, or files');
  return message;
}

/** Whether there is anything in the message to be seen. */
function shows(message: Message): boolean {
  if (message.content || message.embeds?.length || message.files?.length) return true;
  return (
    ['components', 'stickers', 'attachments'].some((key) => (message[key] as unknown[])?.length > 0) || !!message.poll
  );
}

function toPayload(reply: unknown): Record<string, unknown> {
  if (typeof reply === 'string' || typeof reply === 'number') return { content: String(reply) };
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) {
    throw new ReplyError(`a reply is text, an embed or a message payload; got ${kindName(reply)}`);
  }
  if (payloadKeys.some((key) => key in reply)) return reply as Record<string, unknown>;
  const data = plain(reply as EmbedLike) as Record<string, unknown>;
  if (embedKeys.some((key) => key in data)) return { embeds: [data] };
  const keys = Object.keys(data).join(', ') || 'nothing';
  throw new ReplyError(`a reply is text, an embed or a message payload; got an object with ${keys}`);
}

/** Content that fits: cut at 2 000 characters. */
export function fitContent(content: unknown): string {
  return cut(clean(content), limits.content);
}

function readEmbeds(embeds: unknown): APIEmbed[] {
  if (!Array.isArray(embeds)) throw new ReplyError(`embeds: expected an array, got ${kindName(embeds)}`);
  return fitEmbeds(embeds as EmbedLike[]);
}

function readFlags(flags: unknown): number {
  if (flags === undefined || flags === null) return 0;
  if (typeof flags === 'number') return flags;
  if (typeof flags === 'string') return (MessageFlags as unknown as Record<string, number>)[flags] ?? 0;
  if (Array.isArray(flags)) return flags.reduce((bits: number, flag) => bits | readFlags(flag), 0);
  const { bitfield } = flags as { bitfield?: unknown };
  return typeof bitfield === 'number' ? bitfield : 0;
}

function readFiles(files: unknown): MessageFile[] {
  if (!Array.isArray(files)) throw new ReplyError(`files: expected an array, got ${kindName(files)}`);
  if (files.length > limits.files) {
    throw new ReplyError(`files: Discord takes at most ${limits.files} in a message, got ${files.length}`);
  }
  return files.map(readFile);
}

function readFile(file: unknown, index: number): MessageFile {
  const bytes = asBuffer(file) ?? asBuffer((file as { attachment?: unknown } | null)?.attachment);
  if (bytes === undefined) {
    const given = typeof file === 'object' && file !== null && 'attachment' in file ? file.attachment : file;
    throw new ReplyError(
      `files[${index}]: expected { name, attachment: Buffer }, got ${kindName(given)}; paths, URLs and streams are not ` +
        'opened for you: fetch the bytes with attachment(web, url)',
    );
  }
  const { name, description } = file as { name?: unknown; description?: unknown };
  return {
    name: safeFileName(name) ?? `file-${index + 1}${kindOf(bytes).extension}`,
    attachment: bytes,
    ...(typeof description === 'string' ? { description: cut(description, 1024) } : {}),
  };
}

/** The last part of a name without what a file system or a browser could stumble over; undefined if nothing is left. */
export function safeFileName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const safe = last
    .normalize('NFC')
    .replace(/[\p{C}"*:<>?|]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  return safe === '' ? undefined : safe.slice(-120);
}

function asBuffer(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

function kindName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return value.constructor?.name ? `a ${value.constructor.name}` : 'an object';
}
