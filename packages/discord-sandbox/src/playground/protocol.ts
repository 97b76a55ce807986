// What the playground page and the sandbox say to each other over one WebSocket: a snapshot first, then changes, and the
// page's requests the other way. Types only: the page compiles against this file, so it must never import code.
import type {
  APIApplicationCommand,
  APIEmbed,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
} from 'discord-api-types/v10';

export interface UserView {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
}

export interface RoleView {
  readonly id: string;
  readonly name: string;
  readonly color: number;
}

export interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
}

export interface GuildView {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly ChannelView[];
  readonly roles: readonly RoleView[];
}

export interface FileView {
  readonly id: string;
  readonly filename: string;
  readonly description: string;
  readonly contentType: string;
  readonly size: number;
  readonly url: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly spoiler: boolean;
}

export interface MessageView {
  readonly id: string;
  readonly channel: string;
  readonly author: UserView;
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly files: readonly FileView[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly reactions: readonly { readonly emoji: string; readonly count: number }[];
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly editedAt: number | null;
  readonly ephemeral: boolean;
  /** A deferred answer that is still to come: "… is thinking". */
  readonly thinking: boolean;
  /** The message that this one replies to; `null` where it is gone. */
  readonly reply?: { readonly author: UserView; readonly content: string; readonly id: string } | null;
  /** Who caused this message by what, where it answers an interaction. */
  readonly cause?: { readonly user: UserView; readonly name: string; readonly kind: InteractionKind };
}

export type InteractionKind = 'command' | 'autocomplete' | 'component' | 'modal';

/** One attempt of one request that the bot made for an interaction. `at` is when the request began, in ms since 1970;
 *  `marks` are milliseconds since then, each at the end of its phase. */
export interface AttemptView {
  readonly method: string;
  readonly url: string;
  readonly at: number;
  readonly marks: {
    /** When this attempt began to wait for its turn: after the one before it and the pause between them. */
    readonly from: number;
    readonly queued: number;
    readonly dns?: number;
    readonly connected?: number;
    readonly sent?: number;
    readonly head?: number;
    readonly ended: number;
  };
  readonly status?: number;
  readonly error?: string;
  readonly reused: boolean;
}

/** An interaction's life; times are milliseconds since 1970. */
export interface InteractionView {
  readonly id: string;
  readonly kind: InteractionKind;
  readonly name: string;
  readonly user: UserView;
  readonly guild: string | null;
  readonly channel: string;
  readonly receivedAt: number;
  readonly acknowledgedAt?: number;
  readonly answeredAt?: number;
  readonly failedAt?: number;
  /** What went wrong, in Discord's own words where it has some. */
  readonly failure?: string;
  /** Answers of the bot that Discord would not take. */
  readonly refused: readonly string[];
  readonly deferred: boolean;
  readonly ephemeral: boolean;
  /** The message whose button or menu was used. */
  readonly message?: string;
  readonly attempts: readonly AttemptView[];
}

export interface BotView {
  readonly connected: boolean;
  readonly user: UserView | null;
}

/** What the bot's session says of itself: `stats()` of a source that was handed to `watch`. */
export interface WatchView {
  readonly name: string;
  readonly stats: unknown;
  readonly error?: string;
}

/** The faults that last until they are taken back, as far as the page set them. */
export interface FaultState {
  readonly withholdHeartbeatAcks: boolean;
  readonly stallCallbacks: number;
}

export interface Snapshot {
  readonly viewer: UserView;
  readonly users: readonly UserView[];
  readonly guilds: readonly GuildView[];
  /** The viewer's direct messages with the bot. */
  readonly dm: ChannelView;
  readonly messages: readonly MessageView[];
  readonly interactions: readonly InteractionView[];
  /** Commands that exist everywhere, and those of each guild. */
  readonly commands: readonly APIApplicationCommand[];
  readonly bot: BotView;
  readonly heartbeats: readonly Heartbeat[];
  readonly watched: readonly Sample[];
  readonly faults: FaultState;
}

export interface Heartbeat {
  readonly at: number;
  readonly late: number;
}

export interface Sample {
  readonly at: number;
  readonly sources: readonly WatchView[];
}

export type ToPage =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly now: number }
  | { readonly type: 'message'; readonly message: MessageView }
  | { readonly type: 'unmessage'; readonly id: string; readonly channel: string }
  | { readonly type: 'interaction'; readonly interaction: InteractionView }
  | { readonly type: 'commands'; readonly commands: readonly APIApplicationCommand[] }
  | {
      readonly type: 'places';
      readonly guilds: readonly GuildView[];
      readonly users: readonly UserView[];
    }
  | { readonly type: 'typing'; readonly channel: string; readonly user: UserView }
  | { readonly type: 'bot'; readonly bot: BotView }
  | { readonly type: 'heartbeat'; readonly heartbeat: Heartbeat }
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'faults'; readonly faults: FaultState }
  | { readonly type: 'modal'; readonly interaction: string; readonly modal: APIModalInteractionResponseCallbackData }
  | { readonly type: 'result'; readonly request: number; readonly value?: unknown; readonly error?: string };

/** A file that the user sends, as base64. */
export interface SentFile {
  readonly filename: string;
  readonly contentType: string;
  readonly base64: string;
}

export type OptionValue = string | number | boolean | SentFile;

/** What stands in one field of a form: a text, what was chosen, a tick, or files. */
export type FieldValue = string | boolean | readonly string[] | readonly SentFile[];

export interface Suggestion {
  readonly name: string;
  readonly value: string | number;
}

/** Everything that the page may ask for. Those that carry `request` are answered by one `result`. */
export type FromPage =
  | { readonly type: 'enter'; readonly user: string; readonly locale: string }
  | { readonly type: 'guild'; readonly request: number; readonly name: string }
  | { readonly type: 'channel'; readonly request: number; readonly guild: string; readonly name: string }
  | {
      readonly type: 'command';
      readonly request: number;
      readonly channel: string;
      /** With its subcommand: `remind add`. */
      readonly name: string;
      readonly options: Readonly<Record<string, OptionValue>>;
    }
  | {
      readonly type: 'autocomplete';
      readonly request: number;
      readonly channel: string;
      readonly name: string;
      readonly focused: string;
      readonly typed: string;
      /** The other options, as far as they are filled in well. */
      readonly options: Readonly<Record<string, string | number | boolean>>;
    }
  | {
      readonly type: 'menu';
      readonly request: number;
      readonly channel: string;
      readonly name: string;
      /** A message or a user. */
      readonly target: string;
    }
  | {
      readonly type: 'component';
      readonly request: number;
      readonly message: string;
      readonly customId: string;
      readonly values?: readonly string[];
    }
  | {
      readonly type: 'modal';
      readonly request: number;
      readonly interaction: string;
      readonly fields: Readonly<Record<string, FieldValue>>;
    }
  | {
      readonly type: 'say';
      readonly request: number;
      readonly channel: string;
      readonly content: string;
      readonly files: readonly SentFile[];
      readonly replyTo?: string;
    }
  | { readonly type: 'typing'; readonly channel: string }
  | { readonly type: 'dismiss'; readonly message: string }
  | { readonly type: 'fault'; readonly request: number; readonly fault: FaultCall };

/** One call of the sandbox's `faults`, by its name there. */
export type FaultCall =
  | { readonly name: 'dropGateway' }
  | { readonly name: 'requestReconnect' }
  | { readonly name: 'invalidateSession'; readonly resumable: boolean }
  | { readonly name: 'withholdHeartbeatAcks'; readonly on: boolean }
  | { readonly name: 'rateLimit'; readonly route: string; readonly retryAfter: number; readonly times: number }
  | { readonly name: 'stallCallbacks'; readonly ms: number }
  | { readonly name: 'failRest'; readonly status: number; readonly times: number };
