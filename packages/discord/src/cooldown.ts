// How soon the same person may use the same command again. It keeps moments, no timers, and forgets by itself.
import type { Command } from './command.js';
import { milliseconds } from './duration.js';
import { ExpiringMap } from './expiring-map.js';

const remembered = 10_000;

export class Cooldowns {
  readonly #until = new ExpiringMap<string, number>(remembered);

  /** Begins the user's wait and returns undefined; or, during one, returns when it ends, in milliseconds since 1970. */
  enter(command: Command, userId: string, now = Date.now()): number | undefined {
    if (command.cooldown === undefined) return undefined;
    const key = `${userId} ${command.data.name}`;
    const waiting = this.#until.get(key, now);
    if (waiting !== undefined) return waiting;
    const until = now + milliseconds(command.cooldown, `command '${command.data.name}': cooldown`);
    this.#until.set(key, until, until, now);
    return undefined;
  }
}
