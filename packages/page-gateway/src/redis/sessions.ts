// Sticky sessions of several gateways on Redis: a hash each, forgotten when it was not used for a while. Cookies are in
// there, as in the data folder, so that Redis is to be kept as one keeps that.
import type { Changes, Fresh, Hold, Known, None, Same, Saved, SharedStore, There } from '../sessions/shared-store.js';
import type { RedisConnection } from './connection.js';
import { RedisClearances } from './sessions-cleared.js';
import { drop, load, release, renew, replace, save, take } from './sessions-scripts.js';

export interface RedisSessionsOptions {
  readonly connection: RedisConnection;
  /** Milliseconds that an unused one is kept. @default 15 minutes */
  readonly idle?: number;
  /** Milliseconds after which what a gateway that died has held is free. @default 12_000 */
  readonly lease?: number;
}

export class RedisSessions implements SharedStore {
  readonly lease: number;
  /** What people have earned for sessions, for the tickets of all gateways. */
  readonly clearances: RedisClearances;
  readonly #connection: RedisConnection;
  readonly #idle: string;
  readonly #freed: string;

  constructor({ connection, idle = 15 * 60_000, lease = 12_000 }: RedisSessionsOptions) {
    this.#connection = connection;
    this.#idle = String(idle);
    this.#freed = connection.key('session-freed');
    this.lease = lease;
    this.clearances = new RedisClearances({ connection });
  }

  get reachable(): boolean {
    return this.#connection.reachable;
  }

  async load(key: string, known: Known | undefined, use: boolean): Promise<There | Same | None> {
    const { id = '', epoch = '', revision = 0 } = known ?? {};
    return readTold(await this.#run(load, key, [id, epoch, String(revision), use ? '1' : '0'])) as There | Same | None;
  }

  async replace(key: string, expected: string, fresh: Fresh): Promise<There | None> {
    const { id, who, epoch, score, generation, unused, cookies } = fresh;
    const args = [
      expected,
      id,
      who,
      epoch,
      String(score),
      String(generation),
      String(Math.round(unused)),
      ...pairs(cookies),
    ];
    return readTold(await this.#run(replace, key, args)) as There | None;
  }

  async save(key: string, id: string, { set, gone, score }: Changes): Promise<Saved | There | None> {
    const args = [id, String(score), String(set.size), ...pairs(set), ...gone.map((field) => `@${field}`)];
    return readTold(await this.#run(save, key, args)) as Saved | There | None;
  }

  async drop(key: string, { id, generation }: Pick<There, 'id' | 'generation'>): Promise<void> {
    await this.#run(drop, key, [id, String(generation), this.#freed, key]);
  }

  async take(key: string, id: string, hold: Hold, token: string, waited: number): Promise<number> {
    const args = [id, hold, token, String(this.lease), String(Math.round(waited))];
    return Number(await this.#run(take, key, args));
  }

  async renew(key: string, id: string, hold: Hold, token: string): Promise<void> {
    await this.#run(renew, key, [id, hold, token, String(this.lease)]);
  }

  async release(key: string, id: string, hold: Hold, token: string): Promise<void> {
    await this.#run(release, key, [id, hold, token, this.#freed, key]);
  }

  watch(back: () => void): () => void {
    return this.#connection.watch(back);
  }

  hear(listener: (key: string) => void): Promise<() => void> {
    return this.#connection.hear(this.#freed, listener);
  }

  #run(script: typeof load, key: string, args: readonly string[]): Promise<unknown> {
    // The owner's id, then the name: neither has a colon in it.
    const name = this.#connection.key('session', key.replace('\n', ':'));
    return this.#connection.run(script, [name], [this.#idle, ...args]);
  }
}

function pairs(cookies: ReadonlyMap<string, string>): string[] {
  return [...cookies].flatMap(([field, text]) => [`@${field}`, text]);
}

/** What the scripts answer. */
function readTold(answer: unknown): There | Same | None | Saved {
  const [is, ...rest] = answer as [string, ...unknown[]];
  if (is === 'none') return { is, generation: Number(rest[0]) };
  if (is === 'saved') return { is, revision: Number(rest[0]), score: Number(rest[1]) };
  const handedTo = rest[0] === '' ? undefined : String(rest[0]);
  if (is === 'same') return { is, handedTo, score: Number(rest[1]) };
  return { is: 'there', handedTo, ...readHash(rest[1] as string[]) };
}

function readHash(hash: readonly string[]): Omit<There, 'is' | 'handedTo'> {
  const fields = new Map<string, string>();
  const cookies: Array<readonly [order: number, field: string, text: string]> = [];
  for (let at = 0; at < hash.length; at += 2) {
    const [name, value] = hash.slice(at, at + 2) as [string, string];
    const space = value.indexOf(' ');
    if (!name.startsWith('@')) fields.set(name, value);
    else cookies.push([Number(value.slice(0, space)), name.slice(1), value.slice(space + 1)]);
  }
  cookies.sort(([a], [b]) => a - b);
  const text = (name: string) => fields.get(name) ?? '';
  return {
    ...{ id: text('id'), who: text('who'), epoch: text('epoch'), score: Number(text('score')) },
    ...{ revision: Number(text('revision')), generation: Number(text('generation')) },
    cookies: new Map(cookies.map(([, field, value]) => [field, value])),
  };
}
