/**
 * Every message of every channel, in Discord's own JSON. Keeps a bounded number a channel; never shows an ephemeral
 * message to anyone but its one viewer.
 */
import {
  type APIAllowedMentions,
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  type APIMessageReference,
  type APIMessageTopLevelComponent,
  type APIUser,
  type MessageFlags,
  MessageType,
} from 'discord-api-types/v10';
import type { Clock } from '../clock.js';
import type { Snowflakes } from '../snowflake.js';
import { type Directory, isoTime } from './directory.js';
import { mentionsIn } from './mentions.js';
import type { MessageEvent, ReactionEvent, WorldChannel, WorldMessage } from './types.js';

const KEPT_PER_CHANNEL = 5_000;

/** What the sender of a message decides. */
export interface Draft {
  readonly content?: string;
  readonly embeds?: APIEmbed[];
  readonly components?: APIMessageTopLevelComponent[];
  readonly attachments?: APIAttachment[];
  readonly flags?: number;
  readonly tts?: boolean;
  readonly nonce?: string | number;
  readonly allowedMentions?: APIAllowedMentions | undefined;
}

/** What Discord adds to it. */
export interface Setting {
  readonly author: APIUser;
  readonly channel: WorldChannel;
  readonly viewer?: string | null;
  readonly interaction?: string | null;
  readonly replyTo?: WorldMessage;
  readonly extra?: Partial<APIMessage>;
}

export interface MessageEvents {
  message(event: MessageEvent): void;
  reaction(event: ReactionEvent): void;
  /** A message is gone for good; its files may go too. */
  forgotten(message: WorldMessage): void;
}

export class Messages {
  readonly #ids: Snowflakes;
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #events: MessageEvents;
  readonly #byChannel = new Map<string, Map<string, WorldMessage>>();
  /** Message id → emoji → who. */
  readonly #reactions = new Map<string, Map<string, Set<string>>>();

  constructor(ids: Snowflakes, clock: Clock, directory: Directory, events: MessageEvents) {
    this.#ids = ids;
    this.#clock = clock;
    this.#directory = directory;
    this.#events = events;
  }

  /** Oldest first. With `viewer`: as this user sees the channel; without: everything. */
  list(channelId: string, viewer?: string): WorldMessage[] {
    const all = [...(this.#byChannel.get(channelId)?.values() ?? [])];
    return viewer === undefined ? all : all.filter((message) => message.viewer === null || message.viewer === viewer);
  }

  /** Oldest first, across channels. */
  everywhere(): WorldMessage[] {
    return [...this.#byChannel.values()]
      .flatMap((channel) => [...channel.values()])
      .sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? -1 : 1));
  }

  get(channelId: string, id: string): WorldMessage | undefined {
    return this.#byChannel.get(channelId)?.get(id);
  }

  find(id: string): WorldMessage | undefined {
    for (const channel of this.#byChannel.values()) {
      const message = channel.get(id);
      if (message) return message;
    }
    return undefined;
  }

  post(draft: Draft, setting: Setting): WorldMessage {
    const { author, channel, replyTo } = setting;
    const id = this.#ids.next();
    const payload: APIMessage = {
      id,
      channel_id: channel.id,
      type: replyTo ? MessageType.Reply : MessageType.Default,
      author,
      content: draft.content ?? '',
      timestamp: isoTime(this.#clock.now()),
      edited_timestamp: null,
      tts: draft.tts ?? false,
      embeds: draft.embeds ?? [],
      components: draft.components ?? [],
      pinned: false,
      flags: (draft.flags ?? 0) as MessageFlags,
      ...this.#pings(draft.content ?? '', draft.allowedMentions, replyTo),
      attachments: shown(draft.attachments ?? [], draft.embeds ?? []),
      ...(draft.nonce === undefined ? {} : { nonce: draft.nonce }),
      ...(replyTo ? { message_reference: referenceTo(replyTo), referenced_message: replyTo.payload } : {}),
      ...setting.extra,
    };
    const message: WorldMessage = {
      id,
      channelId: channel.id,
      guildId: channel.guildId,
      viewer: setting.viewer ?? null,
      interaction: setting.interaction ?? null,
      uploads: draft.attachments ?? [],
      payload,
    };
    this.#keep(message);
    this.#events.message({ kind: 'create', message });
    return message;
  }

  /** What the draft leaves out stays. `edited: false` fills in a message that was only a promise ("is thinking…"). */
  edit(before: WorldMessage, draft: Draft, edited = true): WorldMessage {
    const content = draft.content ?? before.payload.content;
    const embeds = draft.embeds ?? before.payload.embeds;
    const uploads = draft.attachments ?? before.uploads;
    const pings = draft.content === undefined ? {} : this.#pings(content, draft.allowedMentions, undefined);
    const payload: APIMessage = {
      ...before.payload,
      content,
      embeds,
      ...pings,
      components: draft.components ?? before.payload.components ?? [],
      attachments: shown(uploads, embeds),
      flags: (draft.flags ?? before.payload.flags ?? 0) as MessageFlags,
      edited_timestamp: edited ? isoTime(this.#clock.now()) : before.payload.edited_timestamp,
    };
    return this.#replace({ ...before, uploads, payload });
  }

  remove(message: WorldMessage): void {
    const channel = this.#byChannel.get(message.channelId);
    if (!channel?.delete(message.id)) return;
    this.#events.message({ kind: 'delete', message });
    this.#forget(message);
  }

  /** Returns false where nothing changed. */
  react(message: WorldMessage, user: string, emoji: string, kind: 'add' | 'remove'): boolean {
    const current = this.get(message.channelId, message.id);
    if (!current) return false;
    const held = this.#reactors(current, emoji);
    if (kind === 'add' ? held.has(user) : !held.has(user)) return false;
    if (kind === 'add') held.add(user);
    else held.delete(user);
    const me = held.has(this.#directory.bot.id);
    const others = (current.payload.reactions ?? []).filter((each) => emojiKey(each.emoji) !== emoji);
    const tally = {
      count: held.size,
      count_details: { burst: 0, normal: held.size },
      me,
      me_burst: false,
      emoji: parseEmoji(emoji),
      burst_colors: [],
    };
    const reactions = held.size > 0 ? [...others, tally] : others;
    const now = { ...current, payload: { ...current.payload, reactions } };
    this.#byChannel.get(current.channelId)!.set(current.id, now);
    this.#events.reaction({ kind, message: now, user, emoji });
    return true;
  }

  reactors(messageId: string, emoji: string): string[] {
    return [...(this.#reactions.get(messageId)?.get(emoji) ?? [])];
  }

  #reactors(message: WorldMessage, emoji: string): Set<string> {
    const byEmoji = this.#reactions.get(message.id) ?? new Map<string, Set<string>>();
    this.#reactions.set(message.id, byEmoji);
    const held = byEmoji.get(emoji) ?? new Set<string>();
    byEmoji.set(emoji, held);
    return held;
  }

  #replace(message: WorldMessage): WorldMessage {
    this.#byChannel.get(message.channelId)?.set(message.id, message);
    this.#events.message({ kind: 'update', message });
    return message;
  }

  #keep(message: WorldMessage): void {
    const channel = this.#byChannel.get(message.channelId) ?? new Map<string, WorldMessage>();
    this.#byChannel.set(message.channelId, channel);
    channel.set(message.id, message);
    if (channel.size <= KEPT_PER_CHANNEL) return;
    const [oldest] = channel.values();
    channel.delete(oldest!.id);
    this.#forget(oldest!);
  }

  #forget(message: WorldMessage): void {
    this.#reactions.delete(message.id);
    this.#events.forgotten(message);
  }

  #pings(content: string, allowed: APIAllowedMentions | undefined, replyTo: WorldMessage | undefined) {
    const named = mentionsIn(content, allowed, replyTo?.payload.author.id);
    return {
      mentions: named.users.flatMap((id) => this.#directory.user(id) ?? []),
      mention_roles: named.roles,
      mention_everyone: named.everyone,
    };
  }
}

/** As in a route: a Unicode emoji, or `name:id` of a custom one. */
export function emojiKey(emoji: { id?: string | null; name?: string | null }): string {
  return emoji.id ? `${emoji.name ?? ''}:${emoji.id}` : (emoji.name ?? '');
}

export function parseEmoji(key: string): { id: string | null; name: string } {
  const custom = /^(?:a:)?(\w+):(\d+)$/.exec(key);
  return custom ? { id: custom[2]!, name: custom[1]! } : { id: null, name: key };
}

function referenceTo(message: WorldMessage): APIMessageReference {
  return {
    type: 0,
    message_id: message.id,
    channel_id: message.channelId,
    ...(message.guildId === null ? {} : { guild_id: message.guildId }),
  };
}

/** Discord lists an uploaded file once: as an attachment, unless an embed draws it. */
function shown(uploads: readonly APIAttachment[], embeds: readonly APIEmbed[]): APIAttachment[] {
  const drawn = new Set(
    embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url, embed.author?.icon_url, embed.footer?.icon_url]),
  );
  return uploads.filter((upload) => !drawn.has(upload.url));
}
