/**
 * The life of every interaction: sent, acknowledged within 3 s, answered within 15 min, once. Knows nothing of what an
 * answer contains; never acknowledges twice, and never accepts a token after its time.
 */
import { randomBytes } from 'node:crypto';
import type {
  APIApplicationCommandOptionChoice,
  APIInteraction,
  APIModalInteractionResponseCallbackData,
} from 'discord-api-types/v10';
import type { Alarm, Clock } from '../clock.js';
import { type Refusal, refuse } from '../refusal.js';
import { isSnowflake, madeAt } from '../snowflake.js';
import type { DiscordError, InteractionEvent, InteractionType, Place, WorldInteraction } from './types.js';

const ACKNOWLEDGE_WITHIN = 3_000;
const TOKEN_LIFE = 15 * 60_000;
const USER_INSTALL_FOLLOW_UPS = 5;

export interface Opening {
  readonly id: string;
  readonly type: InteractionType;
  readonly name: string;
  readonly place: Place;
  /** Installed for this user only, not in the guild: five follow-ups at most. */
  readonly userInstalled: boolean;
  /** Of a component, and of a modal that a component opened: the message it sits on. */
  readonly source: string | null;
  payload(token: string): APIInteraction;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Entry {
  readonly record: Mutable<WorldInteraction>;
  readonly opening: Opening;
  readonly payload: APIInteraction;
  alarm: Alarm;
}

export type Acknowledgement = 4 | 5 | 6 | 7 | 8 | 9;

/** Which answers Discord takes for which interaction; a modal's own form may not open another. */
const ANSWERS: Readonly<Record<InteractionType, readonly Acknowledgement[]>> = {
  command: [4, 5, 9],
  autocomplete: [8],
  component: [4, 5, 6, 7, 9],
  modal: [4, 5, 6, 7],
};

export interface Outcome {
  readonly original?: string;
  readonly ephemeral?: boolean;
  readonly choices?: readonly APIApplicationCommandOptionChoice[];
  readonly modal?: APIModalInteractionResponseCallbackData;
}

export class Interactions {
  readonly #clock: Clock;
  readonly #emit: (event: InteractionEvent) => void;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, emit: (event: InteractionEvent) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  open(opening: Opening): WorldInteraction {
    const token = tokenFor(opening.id);
    const record: Mutable<WorldInteraction> = {
      id: opening.id,
      token,
      type: opening.type,
      name: opening.name,
      user: opening.place.user.id,
      guild: opening.place.guild?.id ?? null,
      channel: opening.place.channel.id,
      at: this.#clock.now(),
      state: 'waiting',
      ephemeral: false,
      deferred: false,
      callback: null,
      acknowledgedAt: null,
      answeredAt: null,
      original: null,
      followUps: [],
      choices: null,
      modal: null,
      error: null,
    };
    const entry: Entry = {
      record,
      opening,
      payload: opening.payload(token),
      alarm: this.#clock.after(ACKNOWLEDGE_WITHIN, () => this.#unacknowledged(entry)),
    };
    this.#entries.set(record.id, entry);
    this.#tell(entry, 'received');
    return record;
  }

  get(id: string): WorldInteraction | undefined {
    return this.#entries.get(id)?.record;
  }

  /** What the bot was sent. */
  payload(id: string): APIInteraction | undefined {
    return this.#entries.get(id)?.payload;
  }

  opening(id: string): Opening | undefined {
    return this.#entries.get(id)?.opening;
  }

  /** Those whose tokens are alive, oldest first. */
  list(): WorldInteraction[] {
    return [...this.#entries.values()].map((entry) => entry.record);
  }

  /** The interaction that may be acknowledged now; throws what Discord answers where it may not. */
  awaiting(id: string, token: string): WorldInteraction {
    const entry = this.#entries.get(id);
    if (!entry || entry.record.token !== token) throw refuse.unknownInteraction();
    if (entry.record.acknowledgedAt !== null) throw refuse.alreadyAcknowledged();
    if (entry.record.state === 'failed') throw refuse.unknownInteraction();
    return entry.record;
  }

  accepts(type: InteractionType, callback: number): callback is Acknowledgement {
    return ANSWERS[type].some((allowed) => allowed === callback);
  }

  acknowledge(id: string, callback: Acknowledgement, outcome: Outcome): void {
    const entry = this.#entries.get(id)!;
    const { record } = entry;
    entry.alarm.cancel();
    entry.alarm = this.#clock.after(record.at + TOKEN_LIFE - this.#clock.now(), () => this.#expired(entry));
    record.acknowledgedAt = this.#clock.now();
    record.callback = callback;
    record.deferred = callback === 5 || callback === 6;
    record.ephemeral = outcome.ephemeral ?? false;
    record.original = outcome.original ?? null;
    record.choices = outcome.choices ?? null;
    record.modal = outcome.modal ?? null;
    record.state = 'deferred';
    this.#tell(entry, 'acknowledged');
    if (!record.deferred) this.answered(id);
  }

  /** The first real answer has come. */
  answered(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.record.state !== 'deferred') return;
    entry.record.state = 'answered';
    entry.record.answeredAt = this.#clock.now();
    this.#tell(entry, 'answered');
  }

  /** The acknowledged interaction behind a webhook token; throws what Discord answers where there is none. */
  byToken(token: string): WorldInteraction {
    const id = idIn(token);
    if (id === undefined) throw refuse.unknownWebhook();
    const record = this.#entries.get(id)?.record;
    if (record && record.token !== token) throw refuse.unknownWebhook();
    if (this.#clock.now() >= madeAt(id) + TOKEN_LIFE) throw refuse.expiredToken();
    if (!record || record.acknowledgedAt === null) throw refuse.unknownWebhook();
    return record;
  }

  /** Throws where a user-installed app has used up its follow-ups. */
  mayFollowUp(id: string): void {
    const entry = this.#entries.get(id)!;
    const used = entry.record.followUps.length;
    if (entry.opening.userInstalled && used >= USER_INSTALL_FOLLOW_UPS) throw refuse.tooManyFollowUps();
  }

  followedUp(id: string, messageId: string): void {
    const { record } = this.#entries.get(id)!;
    record.followUps = [...record.followUps, messageId];
  }

  originalGone(id: string): void {
    this.#entries.get(id)!.record.original = null;
  }

  refused(idOrToken: string, refusal: Refusal): void {
    const entry = this.#entries.get(idOrToken) ?? this.#entries.get(idIn(idOrToken) ?? '');
    if (entry) this.#tell(entry, 'refused', refusal.fact);
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.alarm.cancel();
    this.#entries.clear();
  }

  #unacknowledged(entry: Entry): void {
    entry.record.state = 'failed';
    entry.record.error = { status: 404, code: 10062, message: 'The application did not respond' };
    this.#tell(entry, 'failed');
    entry.alarm = this.#clock.after(TOKEN_LIFE - ACKNOWLEDGE_WITHIN, () => this.#entries.delete(entry.record.id));
  }

  #expired(entry: Entry): void {
    if (entry.record.state === 'deferred' && entry.record.callback === 5) {
      entry.record.state = 'failed';
      entry.record.error = { status: 401, code: 50027, message: 'The application did not answer within 15 minutes' };
      this.#tell(entry, 'failed');
    }
    this.#entries.delete(entry.record.id);
  }

  #tell({ record }: Entry, kind: InteractionEvent['kind'], error: DiscordError | null = record.error): void {
    this.#emit({
      kind,
      interaction: record.id,
      type: record.type,
      name: record.name,
      user: record.user,
      guild: record.guild,
      channel: record.channel,
      at: this.#clock.now(),
      ephemeral: record.ephemeral,
      deferred: record.deferred,
      callback: record.callback,
      choices: record.choices,
      modal: record.modal,
      error,
    });
  }
}

/** The id is inside, as in Discord's own, so that a token can be told from one that never was after it has expired. */
function tokenFor(id: string): string {
  return Buffer.from(`interaction:${id}:${randomBytes(24).toString('base64url')}`).toString('base64url');
}

function idIn(token: string): string | undefined {
  const [word, id] = Buffer.from(token, 'base64url').toString('latin1').split(':');
  return word === 'interaction' && id !== undefined && isSnowflake(id) ? id : undefined;
}
