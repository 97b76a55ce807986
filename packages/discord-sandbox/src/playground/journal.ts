// Keeps what the inspector shows of the recent past: interactions with the requests made for them, and heartbeats.
// Bounded, and it never holds a message or a token.
import type { HttpEvent, InteractionEvent } from '../world/types.js';
import type { World } from '../world/world.js';
import type { AttemptView, Heartbeat, InteractionView } from './protocol.js';
import { attemptsOf } from './trace.js';
import { userView } from './views.js';

const KEPT = { interactions: 200, heartbeats: 240, attempts: 60 };

export interface JournalEvents {
  interaction(view: InteractionView): void;
  heartbeat(beat: Heartbeat): void;
}

export class Journal {
  readonly #world: World;
  readonly #events: JournalEvents;
  readonly #interactions = new Map<string, InteractionView>();
  readonly #heartbeats: Heartbeat[] = [];

  constructor(world: World, events: JournalEvents) {
    this.#world = world;
    this.#events = events;
    world.on('interaction', this.#interaction);
    world.on('http', this.#http);
    world.on('heartbeat', this.#heartbeat);
  }

  get interactions(): InteractionView[] {
    return [...this.#interactions.values()];
  }

  get heartbeats(): readonly Heartbeat[] {
    return this.#heartbeats;
  }

  close(): void {
    this.#world.off('interaction', this.#interaction);
    this.#world.off('http', this.#http);
    this.#world.off('heartbeat', this.#heartbeat);
  }

  readonly #interaction = (event: InteractionEvent): void => {
    const before = this.#interactions.get(event.interaction) ?? this.#opened(event);
    if (before) this.#put({ ...before, ...changeOf(event, before) });
  };

  #opened(event: InteractionEvent): InteractionView | undefined {
    const user = this.#world.directory.user(event.user);
    if (event.kind !== 'received' || !user) return undefined;
    return {
      id: event.interaction,
      kind: event.type,
      name: event.name,
      user: userView(user),
      guild: event.guild,
      channel: event.channel,
      receivedAt: event.at,
      deferred: false,
      ephemeral: false,
      refused: [],
      attempts: [],
    };
  }

  readonly #http = (event: HttpEvent): void => {
    const before = this.#interactions.get(event.interaction);
    if (!before) return;
    const attempts: readonly AttemptView[] = [...before.attempts, ...attemptsOf(event)];
    this.#put({ ...before, attempts: attempts.slice(-KEPT.attempts) });
  };

  readonly #heartbeat = (event: Heartbeat): void => {
    const beat = { at: event.at, late: event.late };
    this.#heartbeats.push(beat);
    if (this.#heartbeats.length > KEPT.heartbeats) this.#heartbeats.shift();
    this.#events.heartbeat(beat);
  };

  #put(view: InteractionView): void {
    this.#interactions.set(view.id, view);
    if (this.#interactions.size > KEPT.interactions) {
      const [oldest] = this.#interactions.keys();
      this.#interactions.delete(oldest!);
    }
    this.#events.interaction(view);
  }
}

function changeOf(event: InteractionEvent, before: InteractionView): Partial<InteractionView> {
  switch (event.kind) {
    case 'received':
      return {};
    case 'acknowledged':
      return { acknowledgedAt: event.at, deferred: event.deferred, ephemeral: event.ephemeral };
    case 'answered':
      return { answeredAt: event.at };
    case 'refused':
      return event.error ? { refused: [...before.refused, event.error.message].slice(-5) } : {};
    case 'failed':
      return { failedAt: event.at, ...(event.error ? { failure: event.error.message } : {}) };
  }
}
