/**
 * The JSON of a message, new or edited, as Discord takes it: length of content, embeds, components, flags, whom it may
 * ping, which files it brings. Decides nothing about where the message goes.
 */
import {
  AllowedMentionsTypes,
  type APIAllowedMentions,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  MessageFlags,
} from 'discord-api-types/v10';
import { refuse } from '../../refusal.js';
import { type Field, isRecord } from '../form.js';
import { readComponents } from './component.js';
import { readEmbeds } from './embed.js';
import { tidyAny } from './parts.js';

const CONTENT = 2_000;
const FILES = 10;
const SENDABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;
const PARSED = [AllowedMentionsTypes.Everyone, AllowedMentionsTypes.Role, AllowedMentionsTypes.User] as const;

/** A line of `attachments`: an index of `files[n]`, or the id of a file that stays. */
interface AttachmentLine {
  readonly id: string;
  readonly filename?: string;
  readonly description?: string;
}

export interface MessageForm {
  readonly content?: string;
  readonly embeds?: APIEmbed[];
  readonly components?: APIMessageTopLevelComponent[];
  readonly attachments?: AttachmentLine[];
  readonly flags?: number;
  readonly tts?: boolean;
  readonly nonce?: string | number;
  readonly allowedMentions?: APIAllowedMentions;
  readonly replyTo?: { readonly id: string; readonly orFail: boolean };
}

/** In an interaction's answer EPHEMERAL may stand too. */
export function readMessage(field: Field, where: 'channel' | 'interaction'): MessageForm {
  if (!field.object(true)) return {};
  const allowed = SENDABLE_FLAGS | (where === 'interaction' ? MessageFlags.Ephemeral : 0);
  const given = field.at('flags').integer({ min: 0 });
  const flags = given === undefined ? undefined : given & allowed;
  const layout = ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  const content = clearable(field.at('content'), (each) => each.text({ max: CONTENT }), '');
  const embeds = readEmbeds(field.at('embeds'));
  if (layout && (content || embeds?.length)) {
    const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
    const place = content ? field.at('content') : field.at('embeds');
    place.fail(code, 'The field cannot be used when using MessageFlags.IS_COMPONENTS_V2');
  }
  const components = readComponents(field.at('components'), layout);
  return tidyAny({
    content,
    embeds,
    components: components as unknown as APIMessageTopLevelComponent[] | undefined,
    attachments: readAttachments(field.at('attachments')),
    flags,
    tts: field.at('tts').flag(),
    nonce: readNonce(field.at('nonce')),
    allowedMentions: readAllowedMentions(field.at('allowed_mentions')),
    replyTo: readReference(field.at('message_reference')),
  }) as MessageForm;
}

/** Throws where there would be nothing to see. */
export function mustShow(form: MessageForm, files: number): void {
  const shows = form.content || form.embeds?.length || form.components?.length || files > 0;
  if (!shows) throw refuse.emptyMessage();
}

/** null clears: Discord treats it as the empty value. */
function clearable<T>(field: Field, read: (field: Field) => T | undefined, empty: T): T | undefined {
  return field.value === null ? empty : read(field);
}

function readAttachments(field: Field): AttachmentLine[] | undefined {
  if (field.value === undefined) return undefined;
  return field.list({ max: FILES }).flatMap((each) => {
    if (!each.object(true)) return [];
    const id = each.at('id').snowflake(true);
    const filename = each.at('filename').text({ max: 1_024 });
    const description = each.at('description').text({ max: 1_024 });
    return id === undefined ? [] : [tidyAny({ id, filename, description }) as AttachmentLine];
  });
}

function readNonce(field: Field): string | number | undefined {
  if (typeof field.value === 'number') return field.value;
  return field.text({ max: 25 });
}

function readAllowedMentions(field: Field): APIAllowedMentions | undefined {
  if (!field.object()) return undefined;
  const parse = field
    .at('parse')
    .list()
    .flatMap((each) => each.choice(PARSED, true) ?? []);
  const ids = (key: string) =>
    field
      .at(key)
      .list({ max: 100 })
      .flatMap((each) => each.snowflake(true) ?? []);
  const [users, roles] = [ids('users'), ids('roles')];
  for (const [key, kind, named] of [
    ['users', AllowedMentionsTypes.User, users],
    ['roles', AllowedMentionsTypes.Role, roles],
  ] as const) {
    if (named.length > 0 && parse.includes(kind)) {
      const message = `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`;
      field.fail('MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
    }
  }
  return { parse, users, roles, replied_user: field.at('replied_user').flag() ?? false };
}

function readReference(field: Field): MessageForm['replyTo'] {
  if (!isRecord(field.value)) return undefined;
  const id = field.at('message_id').snowflake(true);
  return id === undefined ? undefined : { id, orFail: field.at('fail_if_not_exists').flag() ?? true };
}
