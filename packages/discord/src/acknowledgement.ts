// One interaction's acknowledgement: made once, by the command or by the timer, whichever is first, and remembered. All
// ways of answering go through here, so that Discord never hears twice, and a command may answer by itself at any time.
import { type ChatInputCommandInteraction, type InteractionEditReplyOptions, MessageFlags } from 'discord.js';
import { errorFacts, type Log } from './log.js';
import { refusalOf } from './refusal.js';
import type { Message } from './reply.js';

/** Discord takes the first answer for 3 s; what is begun later than this may arrive too late. */
const firstAnswerWithin = 2_700;
const pauseBetweenTries = 150;

export interface AcknowledgementOptions {
  readonly ephemeral: boolean;
  /** Milliseconds from now. */
  readonly deferAfter: number;
  readonly log: Log;
  /** Told how long, in milliseconds, Discord took over an acknowledgement. */
  readonly took?: (time: number) => void;
}

const ways = ['reply', 'deferReply', 'editReply', 'followUp', 'deleteReply', 'fetchReply', 'showModal'] as const;
type Ways = { [K in (typeof ways)[number]]: (options?: unknown, more?: unknown) => Promise<unknown> };

export class Acknowledgement {
  readonly #interaction: ChatInputCommandInteraction;
  readonly #original: Ways;
  readonly #ephemeral: boolean;
  readonly #log: Log;
  readonly #took: (time: number) => void;
  readonly #since = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** The acknowledgement under way or made; never rejects. */
  #made: Promise<void> | undefined;
  #result: unknown;
  #byCommand = false;
  #withdrawn = false;

  constructor(interaction: ChatInputCommandInteraction, options: AcknowledgementOptions) {
    const { ephemeral, deferAfter, log, took = ignore } = options;
    this.#interaction = interaction;
    this.#ephemeral = ephemeral;
    this.#log = log;
    this.#took = took;
    this.#original = Object.fromEntries(
      ways.map((way) => [way, (interaction[way] as Ways[typeof way]).bind(interaction)]),
    ) as Ways;
    Object.assign(interaction, this.#guarded());
    this.#timer = setTimeout(() => this.#defer(), deferAfter);
  }

  /** The command has used the interaction to answer, defer or ask by itself. */
  get usedByCommand(): boolean {
    return this.#byCommand;
  }

  get #acknowledged(): boolean {
    return this.#made !== undefined || this.#interaction.deferred || this.#interaction.replied;
  }

  /** No deferral from now on; resolves when one under way has ended. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#made;
  }

  /**
   * Says it in the way that is open now: as the first answer, in place of "is thinking…", or as one more message.
   * `secret`: only the user may see it. Rejects with what Discord says.
   */
  async send(message: Message, secret: boolean): Promise<void> {
    await this.settle();
    const { deferred, replied } = this.#interaction;
    const shown = secret || this.#ephemeral ? withFlag(message) : message;
    if (!deferred && !replied) return this.#reply(shown);
    if (replied || this.#withdrawn) return void (await this.#original.followUp(shown));
    if (!secret || this.#interaction.ephemeral) return void (await this.#original.editReply(forEdit(message)));
    // The deferral was public, and so would its answer be: take "is thinking…" back and whisper instead.
    await this.#withdraw();
    await this.#original.followUp(shown);
  }

  async #withdraw(): Promise<void> {
    await this.#original.deleteReply().catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 10008) throw error;
    });
    this.#withdrawn = true;
  }

  async #reply(message: Message): Promise<void> {
    const attempt = this.#timed(this.#original.reply(message));
    this.#made = attempt.then(ignore, ignore);
    try {
      await attempt;
    } catch (error) {
      this.#made = undefined;
      const refusal = refusalOf(error);
      if (refusal === 'already') return this.#replyAgain(message);
      // Whether it arrived is not known. Where it is too late to ask again, an edit will tell.
      if (refusal === 'transient' && this.#age() > firstAnswerWithin) this.#assumeDeferred(isEphemeral(message));
      throw error;
    }
  }

  /** Somebody was first: an earlier try of ours whose answer got lost, or another process of the same bot. */
  async #replyAgain(message: Message): Promise<void> {
    this.#assumeDeferred(isEphemeral(message));
    const there = (await this.#original.fetchReply()) as {
      content?: string;
      embeds?: unknown[];
      flags?: { has(bit: number): boolean };
    };
    if (there.flags?.has(MessageFlags.Loading)) return void (await this.#original.editReply(forEdit(message)));
    const same =
      (there.content ?? '') === (message.content ?? '') &&
      (there.embeds?.length ?? 0) === (message.embeds?.length ?? 0);
    this.#interaction.replied = true;
    if (!same) await this.#original.followUp(message);
  }

  #defer(): void {
    if (this.#acknowledged) return;
    this.#made = this.#deferNow();
  }

  async #deferNow(): Promise<void> {
    for (;;) {
      try {
        const deferral = this.#original.deferReply(this.#ephemeral ? { flags: MessageFlags.Ephemeral } : {});
        this.#result = await this.#timed(deferral);
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === 'transient' && this.#age() < firstAnswerWithin) {
          await new Promise((resolve) => setTimeout(resolve, pauseBetweenTries));
          continue;
        }
        if (refusal !== 'already') {
          const { id, commandName } = this.#interaction;
          this.#log.warn({ interaction: id, command: commandName, ...errorFacts(error) }, 'could not defer the answer');
        }
        this.#assumeDeferred(this.#ephemeral);
        return;
      }
    }
  }

  /** Discord may or may not have heard: the next edit of the answer tells, and fails clearly where it has not. */
  #assumeDeferred(ephemeral: boolean): void {
    this.#interaction.deferred = true;
    this.#interaction.ephemeral = ephemeral;
  }

  async #timed<T>(attempt: Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await attempt;
    } finally {
      this.#took(performance.now() - began);
    }
  }

  #age(): number {
    return performance.now() - this.#since;
  }

  /** The interaction's own methods for the command: each waits for an acknowledgement under way and goes on from there. */
  #guarded(): Ways {
    const after =
      (way: 'editReply' | 'followUp' | 'deleteReply' | 'fetchReply') =>
      async (options?: unknown): Promise<unknown> => {
        if (way !== 'fetchReply') this.#byCommand = true;
        await this.#made;
        return this.#original[way](options);
      };
    const first =
      (way: 'reply' | 'deferReply' | 'showModal', otherwise: (options: unknown) => Promise<unknown>) =>
      async (options?: unknown, more?: unknown): Promise<unknown> => {
        this.#byCommand = true;
        clearTimeout(this.#timer);
        if (this.#made !== undefined) {
          await this.#made;
          if (this.#interaction.deferred && !this.#interaction.replied) return otherwise(options);
        }
        const before = this.#made;
        const attempt = this.#timed(
          this.#original[way](way === 'showModal' ? options : this.#asDecided(options), more),
        );
        this.#made = attempt.then(ignore, () => {
          this.#made = before;
        });
        return attempt;
      };
    return {
      reply: first('reply', (options) => this.#editInstead(options)),
      deferReply: first('deferReply', async () => this.#result),
      showModal: first('showModal', (options) => this.#original.showModal(options)),
      editReply: after('editReply'),
      followUp: after('followUp'),
      deleteReply: after('deleteReply'),
      fetchReply: after('fetchReply'),
    };
  }

  /** What the command gives to reply() or deferReply(), private where the command is declared so and says nothing else. */
  #asDecided(options: unknown): unknown {
    const given = typeof options === 'string' ? { content: options } : ((options ?? {}) as Record<string, unknown>);
    if (!this.#ephemeral || 'flags' in given || 'ephemeral' in given)
      return typeof options === 'string' ? options : given;
    return { ...given, flags: MessageFlags.Ephemeral };
  }

  async #editInstead(options: unknown): Promise<unknown> {
    const { withResponse, fetchReply } = (options ?? {}) as { withResponse?: boolean; fetchReply?: boolean };
    const message = await this.#original.editReply(forEdit(options as Message | string));
    if (withResponse) return { interaction: { id: this.#interaction.id, type: 2 }, resource: { type: 4, message } };
    return fetchReply ? message : this.#result;
  }
}

function ignore(): void {}

function isEphemeral(message: Message): boolean {
  return ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}

function withFlag(message: Message): Message {
  return { ...message, flags: (message.flags ?? 0) | MessageFlags.Ephemeral };
}

/** An edit cannot change who sees the message: only flags that an edit may carry are left. */
function forEdit(options: Message | string): InteractionEditReplyOptions {
  if (typeof options === 'string') return { content: options };
  const { flags, ephemeral: _, withResponse: __, fetchReply: ___, tts: ____, ...rest } = options;
  const kept = typeof flags === 'number' ? flags & (MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2) : 0;
  return { ...rest, ...(kept === 0 ? {} : { flags: kept }) } as InteractionEditReplyOptions;
}
