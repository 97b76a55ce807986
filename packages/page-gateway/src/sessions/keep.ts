// What keeps sticky visitors, as the room of sessions sees it: this process by itself, or all gateways of one Redis. Only
// what is shared is waited for.
import type { Identity } from '../core/identity.js';
import type { Visitor } from '../core/visitor.js';
import type { Awaitable } from '../store/key-store.js';

/** A sticky visitor and what is known of him. */
export interface Sticky {
  readonly key: string;
  readonly visitor: Visitor;
  readonly mayRender: boolean;
  readonly score: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** A person has taken over. */
  readonly handedOff: boolean;
}

export type Beginner = Pick<Sticky, 'key' | 'visitor' | 'mayRender'>;
export type Release = () => Awaitable<void>;

/** A visitor who is not kept, or was replaced, is nobody's: what is said of him is of no consequence. */
export interface Keep {
  find(key: string): Awaitable<Sticky | undefined>;
  /**
   * Keeps one more, instead of the one that was found where there is one.
   * @returns Who is kept by that key now: another one, where somebody else was first.
   */
  begin(beginner: Beginner, instead: Sticky | undefined): Awaitable<Sticky>;
  /** From now on he looks so, and may be rendered. @returns How he looks: where somebody else was first, as they said. */
  dress(sticky: Sticky, identity: Identity): Awaitable<Sticky>;
  drop(visitor: Visitor): Awaitable<void>;
  score(visitor: Visitor, by: number): void;
  /** What a call has changed of him is where others see it. Never fails: what cannot be written now is written later. */
  save(visitor: Visitor): Awaitable<void>;
  /** Undefined where his turn does not come within `patience` milliseconds. @throws the signal's reason. */
  lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<Release | undefined>;
  /** Undefined where another person has him in hand. */
  handOff(visitor: Visitor): Awaitable<Release | undefined>;
  /** Those that this process knows, the one that was used last first. */
  list(): readonly Sticky[];
  close(): Awaitable<void>;
}

/** Sites that refuse a visitor so often, beyond those that serve him, do not want him any more. */
export const lowestScore = -3;
export const highestScore = 5;

export function bounded(score: number): number {
  return Math.max(lowestScore, Math.min(highestScore, score));
}
