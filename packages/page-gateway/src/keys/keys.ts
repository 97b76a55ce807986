// Who may call, and how much: a key is known by its secret, and every call passes quota, rate and concurrency in one step.
// With no key ever made, every caller is the one open key. No secret is kept, logged or put into an error.
import { Problem } from '../core/problem.js';
import type { KeyRow, KeyStore } from '../store/key-store.js';
import { Bucket } from './bucket.js';
import { hashOf, makeKeyId, makeSecret } from './secret.js';

export const scopes = ['admin', 'ignore-robots'] as const;
export type Scope = (typeof scopes)[number];

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface KeyLimits {
  /** Calls a minute; a bucket of that size, full at first. `undefined`: no limit. */
  readonly rpm?: number | undefined;
  /** Calls under way at once. `undefined`: no limit. */
  readonly concurrency?: number | undefined;
  /** Calls in all. `undefined`: no limit. */
  readonly quota?: number | undefined;
}

export interface NewKey extends KeyLimits {
  readonly name: string;
  readonly scopes?: readonly Scope[];
}

/** One call that is let in. */
export interface Admission {
  /** Ends the call: its place among those at once is free again. Twice is as good as once. */
  release(): void;
}

/** What `GET /v1/usage` answers; `null` stands for no limit. */
export interface Usage {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly quota: { readonly limit: number | null; readonly used: number; readonly remaining: number | null };
  readonly rate: { readonly rpm: number | null; readonly remaining: number | null };
  readonly concurrency: { readonly limit: number | null; readonly inUse: number };
}

export interface KeyReport extends Usage {
  readonly id: string;
  readonly created: number;
  readonly revoked: number | undefined;
}

interface Traffic {
  bucket: Bucket | undefined;
  inUse: number;
}

const openKey: KeyRow = {
  id: 'open',
  name: 'open',
  hash: '',
  scopes,
  rpm: undefined,
  concurrency: undefined,
  quota: undefined,
  created: 0,
  revoked: undefined,
};

export class Keys {
  readonly #store: KeyStore;
  readonly #now: () => number;
  readonly #traffic = new Map<string, Traffic>();
  #closed = false;

  constructor({ store, now = Date.now }: { store: KeyStore; now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /** Whether no key is asked for. Once a key was made it never opens again, not even when the last one is revoked. */
  get open(): boolean {
    this.#closed ||= this.#store.any();
    return !this.#closed;
  }

  /** Whose secret this is. Costs the key nothing. */
  async identify(secret: string | undefined): Promise<Key> {
    if (this.open) return openKey;
    if (secret === undefined || secret === '') {
      throw new Problem(
        'bad_key',
        'No key was given: send it as auth_key in the query, as Authorization: Bearer, or as X-API-Key.',
      );
    }
    const row = await this.#store.find(hashOf(secret));
    if (!row) throw new Problem('bad_key', 'This key is not known here: check that it was copied as a whole.');
    if (row.revoked !== undefined)
      throw new Problem('bad_key', `The key "${row.name}" was revoked: ask for a new one.`);
    return row;
  }

  /** Lets one call of the key in and counts its pages, all of them or none, or says why not. Nothing is counted of a call that is
   *  not let in. */
  async admit(key: Key, pages = 1): Promise<Admission> {
    const row = await this.#rowOf(key);
    const traffic = this.#trafficOf(row);
    if (row.concurrency !== undefined && traffic.inUse >= row.concurrency) {
      throw await this.#refusal(row, pages, () => concurrencyProblem(row));
    }
    const wait = traffic.bucket?.take(this.#now()) ?? 0;
    if (wait > 0) throw await this.#refusal(row, pages, () => rateProblem(row, wait));
    traffic.inUse += 1;
    let spent = false;
    try {
      spent = await this.#store.spend(row.id, pages, row.quota);
    } finally {
      if (!spent) {
        traffic.inUse -= 1;
        traffic.bucket?.giveBack();
      }
    }
    if (!spent) throw quotaProblem(row, pages, await this.#store.used(row.id));
    let released = false;
    const release = () => {
      if (!released) traffic.inUse -= 1;
      released = true;
    };
    return { release };
  }

  /** Gives back pages of a job that were counted and will never be fetched. */
  async refund(keyId: string, count: number): Promise<void> {
    if (count > 0) await this.#store.refund(keyId, count);
  }

  /** How many calls of the key may be under way at once; `undefined`: no limit. */
  async concurrencyOf(key: Key): Promise<number | undefined> {
    return (await this.#rowOf(key)).concurrency;
  }

  async usage(key: Key): Promise<Usage> {
    return this.#usageOf(await this.#rowOf(key));
  }

  /** @returns the secret, which cannot be had again; `undefined` where a live key has that name. */
  async add({ name, scopes: own = [], ...limits }: NewKey): Promise<{ key: Key; secret: string } | undefined> {
    const secret = makeSecret();
    const row: KeyRow = {
      id: makeKeyId(),
      name,
      hash: hashOf(secret),
      scopes: own,
      rpm: limits.rpm,
      concurrency: limits.concurrency,
      quota: limits.quota,
      created: this.#now(),
      revoked: undefined,
    };
    return (await this.#store.add(row)) ? { key: row, secret } : undefined;
  }

  async list(): Promise<KeyReport[]> {
    const rows = await this.#store.list();
    return Promise.all(
      rows.map(async (row) => ({
        ...(await this.#usageOf(row)),
        id: row.id,
        created: row.created,
        revoked: row.revoked,
      })),
    );
  }

  /** By name or id. Calls under way are finished, the next one is refused. */
  async revoke(nameOrId: string): Promise<Key[]> {
    return [...(await this.#store.revoke(nameOrId, this.#now()))];
  }

  async #usageOf(row: KeyRow): Promise<Usage> {
    const used = await this.#store.used(row.id);
    const { bucket, inUse } = this.#trafficOf(row);
    return {
      name: row.name,
      scopes: row.scopes,
      quota: {
        limit: row.quota ?? null,
        used,
        remaining: row.quota === undefined ? null : Math.max(0, row.quota - used),
      },
      rate: { rpm: row.rpm ?? null, remaining: bucket?.remaining(this.#now()) ?? null },
      concurrency: { limit: row.concurrency ?? null, inUse },
    };
  }

  /** Keys come from `identify` as their rows; one that was kept as plain data is read again. */
  async #rowOf(key: Key): Promise<KeyRow> {
    if (key.id === openKey.id) return openKey;
    if ('hash' in key) return key as KeyRow;
    const row = await this.#store.get(key.id);
    if (!row) throw new Problem('bad_key', `The key "${key.name}" is not known here.`);
    return row;
  }

  #trafficOf(row: KeyRow): Traffic {
    let traffic = this.#traffic.get(row.id);
    if (!traffic) {
      traffic = { bucket: undefined, inUse: 0 };
      this.#traffic.set(row.id, traffic);
    }
    if (row.rpm !== undefined && traffic.bucket?.size !== row.rpm) traffic.bucket = new Bucket(row.rpm, this.#now());
    return traffic;
  }

  /** Waiting does not help a key whose quota is used up, so that is what it is told. */
  async #refusal(row: KeyRow, pages: number, problem: () => Problem): Promise<Problem> {
    if (row.quota === undefined) return problem();
    const used = await this.#store.used(row.id);
    return used + pages > row.quota ? quotaProblem(row, pages, used) : problem();
  }
}

function quotaProblem({ name, quota }: KeyRow, count: number, used: number): Problem {
  const asked = count === 1 ? '' : `; this job asks for ${count}`;
  return new Problem(
    'quota_exceeded',
    `The key "${name}" has used ${used} of its quota of ${quota} pages${asked}: ask for a larger one.`,
    { members: { quota: { limit: quota ?? null, used, remaining: Math.max(0, (quota ?? 0) - used) } } },
  );
}

function rateProblem({ name, rpm }: KeyRow, wait: number): Problem {
  const retryAfter = Math.max(1, Math.ceil(wait / 1000));
  return new Problem(
    'rate_limited',
    `The key "${name}" may make ${rpm} calls a minute: try again in ${retryAfter} s.`,
    { retryAfter },
  );
}

function concurrencyProblem({ name, concurrency }: KeyRow): Problem {
  return new Problem(
    'concurrency',
    `The key "${name}" may have ${concurrency} calls under way at once: try again when one of them has ended.`,
    { retryAfter: 1 },
  );
}
