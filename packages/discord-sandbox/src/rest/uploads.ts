/**
 * Joins a message's JSON with the files that came beside it: stores what is new, keeps what the bot keeps, and turns
 * `attachment://name` into the address where the file lies.
 */
import type { APIAttachment, APIEmbed } from 'discord-api-types/v10';
import { badField } from '../refusal.js';
import type { Files } from '../world/files.js';
import type { Draft } from '../world/messages.js';
import type { IncomingFile } from './body.js';
import type { MessageForm } from './forms/message.js';

const FILES = 10;

export interface Shelf {
  readonly files: Files;
  readonly channelId: string;
  readonly ephemeral: boolean;
}

/** `before`: the files of the message that is edited. */
export function withFiles(
  form: MessageForm,
  incoming: readonly IncomingFile[],
  shelf: Shelf,
  before: readonly APIAttachment[] = [],
): Draft {
  const kept = form.attachments
    ? before.filter((each) => form.attachments!.some((line) => line.id === each.id))
    : before;
  checkLines(form, incoming, before);
  if (kept.length + incoming.length > FILES) {
    throw badField(['attachments'], 'BASE_TYPE_MAX_LENGTH', `Must be ${FILES} or fewer in length.`);
  }
  const stored = incoming.map((file) => store(file, form, shelf));
  const attachments = [...kept, ...stored];
  const { replyTo: _, embeds, components, attachments: __, ...rest } = form;
  const changed = form.attachments !== undefined || incoming.length > 0 || before.length === 0;
  return {
    ...rest,
    ...(embeds ? { embeds: embeds.map((embed) => linked(embed, attachments)) } : {}),
    ...(components ? { components: linkedAll(components, attachments) } : {}),
    ...(changed ? { attachments } : {}),
  };
}

function checkLines(form: MessageForm, incoming: readonly IncomingFile[], before: readonly APIAttachment[]): void {
  for (const [index, line] of (form.attachments ?? []).entries()) {
    const known = incoming.some((file) => file.index === line.id) || before.some((each) => each.id === line.id);
    if (!known)
      throw badField(
        ['attachments', String(index), 'id'],
        'ATTACHMENT_NOT_FOUND',
        `Attachment ${line.id} was not uploaded.`,
      );
  }
}

function store(file: IncomingFile, form: MessageForm, shelf: Shelf): APIAttachment {
  const line = form.attachments?.find((each) => each.id === file.index);
  const upload = {
    filename: line?.filename ?? file.filename,
    data: file.data,
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
    ...(line?.description === undefined ? {} : { description: line.description }),
  };
  return shelf.files.store(upload, shelf.ephemeral ? 'ephemeral-attachments' : 'attachments', shelf.channelId);
}

function address(url: string | undefined, attachments: readonly APIAttachment[]): string | undefined {
  if (!url?.startsWith('attachment://')) return url;
  const name = url.slice('attachment://'.length);
  return attachments.find((each) => each.filename === name)?.url;
}

/** A picture whose file did not come is left out, as Discord does. */
function linked(embed: APIEmbed, attachments: readonly APIAttachment[]): APIEmbed {
  const { image, thumbnail, author, footer, ...rest } = embed;
  const picture = (from: { url: string } | undefined) => {
    const url = address(from?.url, attachments);
    const file = attachments.find((each) => each.url === url);
    return url === undefined
      ? undefined
      : { url, proxy_url: url, ...(file?.width ? { width: file.width, height: file.height! } : {}) };
  };
  const icon = <T extends { icon_url?: string }>({ icon_url, ...others }: T) => {
    const url = address(icon_url, attachments);
    return { ...others, ...(url === undefined ? {} : { icon_url: url, proxy_icon_url: url }) };
  };
  const [drawn, small] = [picture(image), picture(thumbnail)];
  return {
    ...rest,
    ...(drawn ? { image: drawn } : {}),
    ...(small ? { thumbnail: small } : {}),
    ...(author ? { author: icon(author) } : {}),
    ...(footer ? { footer: icon(footer) } : {}),
  };
}

/** In components a file that did not come is a fault. */
function linkedAll<T>(value: T, attachments: readonly APIAttachment[]): T {
  if (Array.isArray(value)) return value.map((each) => linkedAll(each, attachments)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    key === 'url' && typeof each === 'string' ? located(each, attachments) : linkedAll(each, attachments),
  ]);
  return Object.fromEntries(entries) as T;
}

function located(url: string, attachments: readonly APIAttachment[]): string {
  const found = address(url, attachments);
  if (found !== undefined) return found;
  const code = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
  throw badField(['components'], code, `The referenced attachment ${url} was not found.`);
}
