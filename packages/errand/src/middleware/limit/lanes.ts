// Who waits at one gate, and who goes next: lanes take turns, one request each; within a lane the higher priority goes
// first, and among equals whoever came first. Anybody can leave from anywhere in O(1).
import { type Linked, LinkedList } from '../../kit/linked-list.js';

/** One that waits. In one queue at a time, and the queue's own fields are touched by the queue only. */
export abstract class Waiter implements Linked<Waiter> {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  level: Level | undefined = undefined;
  /** Whose turn it takes; `''` is a lane like any other. */
  abstract get lane(): string;
  abstract get priority(): number;
}

class Level extends LinkedList<Waiter> {
  readonly lane: Lane;
  readonly priority: number;

  constructor(lane: Lane, priority: number) {
    super();
    this.lane = lane;
    this.priority = priority;
  }
}

/** A lane is in the ring as long as somebody waits in it, and forgotten with the last one. */
class Lane implements Linked<Lane> {
  previous: Lane | undefined = undefined;
  next: Lane | undefined = undefined;
  readonly name: string;
  /** The highest priority first; none is empty. */
  readonly levels: Level[] = [];

  constructor(name: string) {
    this.name = name;
  }

  level(priority: number): Level {
    const { levels } = this;
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((levels[middle] as Level).priority > priority) low = middle + 1;
      else high = middle;
    }
    const found = levels[low];
    if (found?.priority === priority) return found;
    const level = new Level(this, priority);
    levels.splice(low, 0, level);
    return level;
  }
}

export class LaneQueue<W extends Waiter> implements Iterable<W> {
  readonly #lanes = new Map<string, Lane>();
  readonly #ring = new LinkedList<Lane>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(waiter: W): void {
    const name = waiter.lane;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(name);
      this.#lanes.set(name, lane);
      this.#ring.push(lane);
    }
    const level = lane.level(waiter.priority);
    level.push(waiter);
    waiter.level = level;
    this.#size++;
  }

  /** Whoever goes next; its lane is then the last one to have a turn again. */
  shift(): W | undefined {
    const lane = this.#ring.first;
    if (lane === undefined) return undefined;
    const waiter = (lane.levels[0] as Level).first as W;
    if (this.#ring.size > 1) {
      this.#ring.remove(lane);
      this.#ring.push(lane);
    }
    this.remove(waiter);
    return waiter;
  }

  /** Whether it was waiting here. */
  remove(waiter: W): boolean {
    const { level } = waiter;
    if (level === undefined) return false;
    waiter.level = undefined;
    level.remove(waiter);
    this.#size--;
    if (level.size > 0) return true;
    const { lane } = level;
    lane.levels.splice(lane.levels.indexOf(level), 1);
    if (lane.levels.length === 0) {
      this.#lanes.delete(lane.name);
      this.#ring.remove(lane);
    }
    return true;
  }

  /**
   * How many go before one that would come now, at the least: those of its own lane that are not below it, and one of
   * every other lane.
   */
  ahead(name: string, priority: number): number {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return this.#ring.size;
    let own = 0;
    for (const level of lane.levels) {
      if (level.priority < priority) break;
      own += level.size;
    }
    return own === 0 ? 0 : own + this.#ring.size - 1;
  }

  *[Symbol.iterator](): IterableIterator<W> {
    for (const lane of this.#ring) {
      for (const level of [...lane.levels]) yield* level as Iterable<Waiter> as Iterable<W>;
    }
  }
}
