/**
 * What the sandbox's Discord consists of, and what it tells those who watch it (the gateway, the driver, the playground).
 * Payloads are Discord's own JSON; only what Discord itself keeps secret (who may see a message) is kept beside them.
 */
import type {
  APIApplicationCommand,
  APIApplicationCommandOptionChoice,
  APIAttachment,
  APIGuildMember,
  APIMessage,
  APIModalInteractionResponseCallbackData,
  APIRole,
  APIUser,
} from 'discord-api-types/v10';

export interface WorldGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly locale: string;
  readonly roles: APIRole[];
  /** By user id. The bot is a member of every guild. */
  readonly members: Map<string, APIGuildMember>;
  readonly joinedAt: number;
}

export interface WorldChannel {
  readonly id: string;
  readonly kind: 'text' | 'dm';
  /** Of a direct channel: the user's name. */
  readonly name: string;
  readonly topic: string | null;
  readonly guildId: string | null;
  /** The user of a direct channel; null in guilds. */
  readonly recipientId: string | null;
  readonly position: number;
}

export interface WorldMessage {
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string | null;
  /** Set on an ephemeral message: the only user who sees it. */
  readonly viewer: string | null;
  /** The interaction that it answers, follows up or was changed by. */
  readonly interaction: string | null;
  /** Everything uploaded with it; `payload.attachments` leaves out what its embeds draw. */
  readonly uploads: readonly APIAttachment[];
  /** Bit 64 of `flags`: ephemeral; bit 128: the bot is thinking. */
  readonly payload: APIMessage;
}

export interface WorldCommand {
  /** null: registered for every guild and for direct messages. */
  readonly guildId: string | null;
  readonly payload: APIApplicationCommand;
}

export interface DiscordError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export type InteractionType = 'command' | 'autocomplete' | 'component' | 'modal';

export interface WorldInteraction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  /** The command with its subcommand (`remind add`), or the custom id of the component or modal. */
  readonly name: string;
  readonly user: string;
  readonly guild: string | null;
  readonly channel: string;
  /** When it was sent to the bot, in ms since 1970. */
  readonly at: number;
  /** `waiting` for the acknowledgement; `deferred`: the bot is thinking; `failed`: no acknowledgement, or no answer while the token lived. */
  readonly state: 'waiting' | 'deferred' | 'answered' | 'failed';
  readonly ephemeral: boolean;
  readonly deferred: boolean;
  /** Discord's number for the kind of acknowledgement: 4 to 9. */
  readonly callback: number | null;
  readonly acknowledgedAt: number | null;
  readonly answeredAt: number | null;
  /** The message behind `@original`. */
  readonly original: string | null;
  readonly followUps: readonly string[];
  readonly choices: readonly APIApplicationCommandOptionChoice[] | null;
  readonly modal: APIModalInteractionResponseCallbackData | null;
  readonly error: DiscordError | null;
}

export interface MessageEvent {
  readonly kind: 'create' | 'update' | 'delete';
  readonly message: WorldMessage;
}

/** `acknowledged` and `answered` come together where the bot answers at once. `refused` reports a request of the bot for this
 *  interaction that Discord turned down; the interaction goes on. */
export interface InteractionEvent {
  readonly kind: 'received' | 'acknowledged' | 'answered' | 'refused' | 'failed';
  readonly interaction: string;
  readonly type: InteractionType;
  readonly name: string;
  readonly user: string;
  readonly guild: string | null;
  readonly channel: string;
  /** When this happened, in ms since 1970. */
  readonly at: number;
  readonly ephemeral: boolean;
  readonly deferred: boolean;
  readonly callback: number | null;
  readonly choices: readonly APIApplicationCommandOptionChoice[] | null;
  readonly modal: APIModalInteractionResponseCallbackData | null;
  readonly error: DiscordError | null;
}

export interface TypingEvent {
  readonly channel: string;
  readonly user: string;
  readonly at: number;
}

export interface ReactionEvent {
  readonly kind: 'add' | 'remove';
  readonly message: WorldMessage;
  readonly user: string;
  readonly emoji: string;
}

interface BotEvent {
  readonly connected: boolean;
  readonly user: APIUser;
}

interface HeartbeatEvent {
  readonly at: number;
  /** How much later than due, in ms; never below 0. */
  readonly late: number;
}

/** What errand's session tells about a request that it made for an interaction. `trace` is errand's RequestTrace. */
export interface HttpEvent {
  readonly interaction: string;
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly error?: string;
  readonly trace: unknown;
}

export interface WorldEvents {
  message: [event: MessageEvent];
  interaction: [event: InteractionEvent];
  commands: [guildId: string | null];
  typing: [event: TypingEvent];
  reaction: [event: ReactionEvent];
  bot: [event: BotEvent];
  heartbeat: [event: HeartbeatEvent];
  http: [event: HttpEvent];
  guild: [guild: WorldGuild];
  channel: [channel: WorldChannel];
  user: [user: APIUser];
  member: [guild: WorldGuild, member: APIGuildMember];
}

/** Who does something, and where. */
export interface Actor {
  /** Name or id; made if there is none. */
  readonly user?: string;
  /** Name or id; made if there is none. null: a direct message. Left out: the first guild. */
  readonly guild?: string | null;
  /** Id, or name within the guild; made if there is none. Left out: the guild's first channel. */
  readonly channel?: string;
  /** The user's language, e.g. `de`. */
  readonly locale?: string;
}

export interface Place {
  readonly user: APIUser;
  readonly guild: WorldGuild | null;
  readonly channel: WorldChannel;
  readonly locale: string;
}
