/**
 * Waits for an interaction to come to its end, as the user sees it. One listener on the world for all that wait; every
 * wait ends: by an answer, by Discord's own deadlines, by the caller's, or because the sandbox closes.
 */
import type { Alarm } from '../clock.js';
import type { DiscordError, InteractionEvent, MessageEvent, WorldInteraction } from '../world/types.js';
import type { World } from '../world/world.js';
import { type Course, replyOf, type SandboxReply } from './reply.js';

/** A button's `deferUpdate()` and a deleted "is thinking…" promise no answer: what comes within this many ms counts as one. */
const PERHAPS_WITHIN = 3_000;

interface Waiting {
  readonly interaction: WorldInteraction;
  readonly settle: (end: End) => void;
  last: InteractionEvent | undefined;
  refusal: DiscordError | undefined;
  alarms: Alarm[];
}
interface End {
  readonly error?: DiscordError;
}

export class Watch {
  readonly #world: World;
  readonly #waiting = new Map<string, Waiting>();
  readonly #hear = (event: InteractionEvent) => this.#event(event);
  readonly #see = (event: MessageEvent) => this.#message(event);

  constructor(world: World) {
    this.#world = world;
    world.on('interaction', this.#hear);
    world.on('message', this.#see);
  }

  /** Call it in the same turn as the interaction is opened. */
  outcome(interaction: WorldInteraction, startedAt: number, timeout?: number): Promise<SandboxReply> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        interaction,
        last: undefined,
        refusal: undefined,
        alarms: [],
        settle: ({ error }) => {
          for (const alarm of waiting.alarms) alarm.cancel();
          this.#waiting.delete(interaction.id);
          resolve(replyOf(this.#course(waiting, startedAt, error)));
        },
      };
      this.#waiting.set(interaction.id, waiting);
      if (timeout === undefined) return;
      const late = { status: 504, code: 0, message: `No answer within the ${timeout} ms that the caller waits` };
      waiting.alarms.push(this.#world.clock.after(timeout, () => waiting.settle({ error: late })));
    });
  }

  close(): void {
    this.#world.off('interaction', this.#hear);
    this.#world.off('message', this.#see);
    const error = { status: 503, code: 0, message: 'The sandbox was closed before there was an answer' };
    for (const waiting of [...this.#waiting.values()]) waiting.settle({ error });
  }

  #event(event: InteractionEvent): void {
    const waiting = this.#waiting.get(event.interaction);
    if (!waiting) return;
    waiting.last = event;
    switch (event.kind) {
      case 'refused':
        waiting.refusal = event.error ?? undefined;
        return;
      case 'acknowledged':
        if (event.callback !== 6) return;
        waiting.alarms.push(this.#world.clock.after(PERHAPS_WITHIN, () => waiting.settle({})));
        return;
      case 'answered':
        waiting.settle({});
        return;
      case 'failed':
        waiting.settle({ error: explained(event.error!, waiting.refusal) });
        return;
      case 'received':
        return;
    }
  }

  #message({ kind, message }: MessageEvent): void {
    const waiting = kind === 'delete' ? this.#waiting.get(message.interaction ?? '') : undefined;
    if (waiting?.interaction.state !== 'deferred' || waiting.interaction.original !== null) return;
    const error = { status: 404, code: 10008, message: 'The bot deleted its answer and sent no other' };
    waiting.alarms.push(this.#world.clock.after(PERHAPS_WITHIN, () => waiting.settle({ error })));
  }

  #course({ interaction, last }: Waiting, startedAt: number, error: DiscordError | undefined): Course {
    const id = interaction.original;
    const world = this.#world;
    return {
      startedAt,
      acknowledgedAt: interaction.acknowledgedAt,
      last: { ...this.#seen(interaction, last), at: world.clock.now() },
      message: id === null ? this.#lastFollowUp(interaction) : world.messages.get(interaction.channel, id),
      error,
    };
  }

  #lastFollowUp({ followUps, channel }: WorldInteraction) {
    const id = followUps.at(-1);
    return id === undefined ? undefined : this.#world.messages.get(channel, id);
  }

  #seen(interaction: WorldInteraction, last: InteractionEvent | undefined): InteractionEvent {
    return last ?? { ...interaction, kind: 'received', interaction: interaction.id };
  }
}

/** Discord says only that there was no answer; the bot's own mistake, where it made one, is what helps. */
function explained(error: DiscordError, refusal: DiscordError | undefined): DiscordError {
  if (!refusal) return error;
  const cause = `the bot's last request was refused with ${refusal.status} ${refusal.code}: ${refusal.message}`;
  return { ...error, message: `${error.message} (${cause})` };
}
