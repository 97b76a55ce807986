/**
 * What the driver hands back: the bot's answer as the user would see it at the end, and what happened on the way. Pure.
 */
import type {
  APIEmbed,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
} from 'discord-api-types/v10';
import type { DiscordError, InteractionEvent, WorldMessage } from '../world/types.js';

export interface SandboxAttachment {
  filename: string;
  contentType: string;
  size: number;
  url: string;
}

/** Whom a message pings, by id; what `allowedMentions` held back is not among them. */
export interface SandboxMentions {
  users: string[];
  roles: string[];
  everyone: boolean;
}

/** What a user sees at the end of an interaction, and what happened on the way. */
export interface SandboxReply {
  content: string;
  embeds: APIEmbed[];
  attachments: SandboxAttachment[];
  /** Only the user sees it. */
  ephemeral: boolean;
  /** The bot was "thinking…" first. */
  deferred: boolean;
  /** Milliseconds from the command to the acknowledgement; NaN where there was none. */
  acknowledgedAfter: number;
  /** Milliseconds from the command to the answer, or to the moment when it failed. */
  answeredAfter: number;
  /** Buttons, menus, layout. */
  components: APIMessageTopLevelComponent[];
  mentions: SandboxMentions;
  /** The id of the answering message, empty where there is none: `click(reply.messageId, 'next')`. */
  messageId: string;
  /** The form that the bot opened instead of a message. */
  modal?: APIModalInteractionResponseCallbackData;
  /** The interaction's id, empty where it never came to one: `submitModal(reply.interactionId, …)`. */
  interactionId: string;
  /** Why there was no answer, in Discord's words and numbers. */
  error?: DiscordError;
}

export interface SandboxMessage {
  id: string;
  channelId: string;
  author: { id: string; username: string; bot: boolean };
  content: string;
  embeds: APIEmbed[];
  attachments: SandboxAttachment[];
  components: APIMessageTopLevelComponent[];
  mentions: SandboxMentions;
  ephemeral: boolean;
}

const nothing = () => ({
  content: '',
  embeds: [],
  attachments: [],
  components: [],
  mentions: { users: [], roles: [], everyone: false },
});

export function messageOf(message: WorldMessage): SandboxMessage {
  const { id, author, content, embeds, components, mentions, mention_roles, mention_everyone } = message.payload;
  return {
    id,
    channelId: message.channelId,
    author: { id: author.id, username: author.username, bot: author.bot ?? false },
    content,
    embeds: structuredClone(embeds),
    attachments: message.uploads.map((upload) => ({
      filename: upload.filename,
      contentType: upload.content_type ?? 'application/octet-stream',
      size: upload.size,
      url: upload.url,
    })),
    components: structuredClone(components ?? []),
    mentions: { users: mentions.map((user) => user.id), roles: [...mention_roles], everyone: mention_everyone },
    ephemeral: message.viewer !== null,
  };
}

/** How it went until `last`. */
export interface Course {
  readonly startedAt: number;
  readonly acknowledgedAt: number | null;
  readonly last: InteractionEvent;
  readonly message: WorldMessage | undefined;
  readonly error: DiscordError | undefined;
}

export function replyOf({ startedAt, acknowledgedAt, last, message, error }: Course): SandboxReply {
  const { content, embeds, attachments, components, mentions } = message && !error ? messageOf(message) : nothing();
  return {
    content,
    embeds,
    attachments,
    components,
    mentions,
    ephemeral: message === undefined || error ? last.ephemeral : message.viewer !== null,
    deferred: last.deferred,
    acknowledgedAfter: acknowledgedAt === null ? Number.NaN : acknowledgedAt - startedAt,
    answeredAfter: last.at - startedAt,
    messageId: message?.id ?? '',
    ...(last.modal ? { modal: last.modal } : {}),
    interactionId: last.interaction,
    ...(error ? { error } : {}),
  };
}

/** Where it never came to an interaction. */
export function failedReply(error: DiscordError, after: number): SandboxReply {
  return {
    ...nothing(),
    messageId: '',
    interactionId: '',
    ephemeral: false,
    deferred: false,
    acknowledgedAfter: Number.NaN,
    answeredAfter: after,
    error,
  };
}
