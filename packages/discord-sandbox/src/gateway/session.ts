/**
 * A bot's session on the gateway: numbers its events, keeps the last of them for a replay, and outlives the connection
 * that carries it. Knows nothing of sockets.
 */
export interface Frame {
  readonly op: number;
  readonly d: unknown;
  readonly s: number | null;
  readonly t: string | null;
}

/** Where frames go while the session is connected. */
export type Outlet = (frame: Frame) => void;

const KEPT = 2_500;

export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  #sequence = 0;
  #outlet: Outlet | undefined;
  #kept: Frame[] = [];

  constructor(id: string, intents: number, shard: readonly [number, number]) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
  }

  get connected(): boolean {
    return this.#outlet !== undefined;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Direct messages go to shard 0; a guild's events to its own. */
  covers(guildId: string | null): boolean {
    const [id, count] = this.shard;
    return guildId === null ? id === 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)) === id;
  }

  attach(outlet: Outlet): void {
    this.#outlet = outlet;
  }

  detach(): void {
    this.#outlet = undefined;
  }

  dispatch(event: string, data: unknown): void {
    this.#sequence += 1;
    const frame: Frame = { op: 0, d: data, s: this.#sequence, t: event };
    this.#kept.push(frame);
    if (this.#kept.length > KEPT * 2) this.#kept = this.#kept.slice(-KEPT);
    this.#outlet?.(frame);
  }

  /** Every event after `sequence`; undefined where they are no longer all there, or never were. */
  since(sequence: number): readonly Frame[] | undefined {
    const first = this.#kept[0]?.s ?? this.#sequence + 1;
    if (sequence > this.#sequence || sequence < first - 1) return undefined;
    return this.#kept.filter((frame) => (frame.s ?? 0) > sequence);
  }
}
