// Who may call, and how much: a key is known by its secret, and every call passes quota, rate and concurrency in one step.
// With no key ever made, every caller is the one open key. No secret is kept, logged or put into an error.
import { Problem } from '../core/problem.js';
import type { KeyRow, KeyStore, UsageStore } from '../store/key-store.js';
import { hashOf, makeKeyId, makeSecret } from './secret.js';
import { type Admission, admission, LocalTraffic, type Refusal, type Traffic, type TrafficState } from './traffic.js';

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

/** Without traffic of its own the calls are those of this process alone, counted in the store. */
export type KeysOptions = { readonly now?: () => number } & (
  | { readonly store: KeyStore & UsageStore; readonly traffic?: undefined }
  | { readonly store: KeyStore; readonly traffic: Traffic }
);

/** The id of whoever calls a service that asks for no key. */
export const openId = 'open';

const openKey: KeyRow = {
  id: openId,
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
  readonly #traffic: Traffic;
  #closed = false;

  constructor({ now = Date.now, ...options }: KeysOptions) {
    this.#store = options.store;
    this.#now = now;
    this.#traffic = options.traffic ?? new LocalTraffic({ store: options.store, now });
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
    if (row.revoked !== undefined) throw revokedProblem(row);
    return row;
  }

  /** Lets one call of the key in and counts its pages, all of them or none, or says why not. Nothing is counted of a call that is
   *  not let in. */
  async admit(key: Key, pages = 1): Promise<Admission> {
    const row = await this.#rowOf(key);
    const outcome = await this.#admitted(row, pages);
    if ('refused' in outcome) throw problemOf(outcome, row, pages);
    return outcome;
  }

  /** Gives back pages of a job that were counted and will never be fetched. */
  async refund(keyId: string, count: number): Promise<void> {
    if (count <= 0) return;
    try {
      await this.#traffic.refund(keyId, count);
    } catch (error) {
      if (keyId !== openId || !isAway(error)) throw error;
    }
  }

  /** How many calls of the key may be under way at once; `undefined`: no limit. */
  async concurrencyOf(key: Key): Promise<number | undefined> {
    return (await this.#rowOf(key)).concurrency;
  }

  async usage(key: Key): Promise<Usage> {
    const row = await this.#rowOf(key);
    const [state] = await this.#traffic.states([row]);
    return usageOf(row, state!);
  }

  /** The key as it is now, and whether it was revoked. */
  async keyOf(id: string): Promise<(Key & Pick<KeyRow, 'revoked'>) | undefined> {
    return this.#store.get(id);
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
    const states = await this.#traffic.states(rows);
    return rows.map((row, index) => ({
      ...usageOf(row, states[index]!),
      id: row.id,
      created: row.created,
      revoked: row.revoked,
    }));
  }

  /** By name or id. Calls under way are finished, the next one is refused. */
  async revoke(nameOrId: string): Promise<Key[]> {
    return [...(await this.#store.revoke(nameOrId, this.#now()))];
  }

  /** The open service has no limits, so it goes on, uncounted, while what counts is out of reach. */
  async #admitted(row: KeyRow, pages: number): Promise<Admission | Refusal> {
    try {
      return await this.#traffic.admit(row, pages);
    } catch (error) {
      if (row === openKey && isAway(error)) return admission(() => {});
      throw error;
    }
  }

  /** Keys come from `identify` as their rows; one that was kept as plain data is read again. */
  async #rowOf(key: Key): Promise<KeyRow> {
    if (key.id === openId) return openKey;
    if ('hash' in key) return key as KeyRow;
    const row = await this.#store.get(key.id);
    if (!row) throw new Problem('bad_key', `The key "${key.name}" is not known here.`);
    return row;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Problem && error.code === 'overloaded';
}

function usageOf(row: KeyRow, { used, tokens, inUse }: TrafficState): Usage {
  return {
    name: row.name,
    scopes: row.scopes,
    quota: {
      limit: row.quota ?? null,
      used,
      remaining: row.quota === undefined ? null : Math.max(0, row.quota - used),
    },
    rate: { rpm: row.rpm ?? null, remaining: tokens ?? null },
    concurrency: { limit: row.concurrency ?? null, inUse },
  };
}

function problemOf(refusal: Refusal, row: KeyRow, pages: number): Problem {
  switch (refusal.refused) {
    case 'quota':
      return quotaProblem(row, pages, refusal.used);
    case 'rate':
      return rateProblem(row, refusal.wait);
    case 'concurrency':
      return concurrencyProblem(row);
    case 'revoked':
      return revokedProblem(row);
  }
}

function revokedProblem({ name }: KeyRow): Problem {
  return new Problem('bad_key', `The key "${name}" was revoked: ask for a new one.`);
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
