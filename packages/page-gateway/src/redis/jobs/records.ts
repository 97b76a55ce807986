// Jobs that several gateways have in common, in Redis. Under `jobs:`, for each job: `job:ID` what it is and how far, `urls:ID`,
// `results:ID` and `bodies:ID` by index, `again:ID` pages to give out before others, `begun:ID` pages that are under way and at
// which gateway, `parked:ID` those of them that wait for people, `tried:ID` how often each came too early. For all: `line:KEY`
// the jobs of a key in their turns, `live`, `recent`, `later` pages that rest, `due` callbacks, `gateways`.
import type { Cancelled, Delivery, JobRecords, JobResult, JobRow, JobState, NewJob } from '../../store/job-store.js';
import { isLive } from '../../store/job-store.js';
import type { RedisConnection, Script } from '../connection.js';
import * as scripts from './scripts.js';

const hour = 3_600_000;
/** What is over is kept so long. Milliseconds. */
const keptFor = 72 * hour;
/** Results looked at in one step. */
const window = 1_000;
const mostDeliveries = 1_000;

/** A page that this gateway is to fetch. */
export interface Claimed {
  readonly id: string;
  readonly index: number;
  readonly url: string;
}

/** The pages of a live job that can be given out. */
export interface Need {
  readonly key: string;
  readonly atOnce: number | undefined;
  readonly pages: number;
}

export interface Swept {
  readonly needs: readonly Need[];
  /** What Redis believes that this gateway is at. */
  readonly mine: ReadonlyArray<Pick<Claimed, 'id' | 'index'>>;
}

type Written = Pick<JobResult, 'url' | 'ok' | 'facts'> & { readonly size: number };

export class RedisJobs implements JobRecords {
  readonly #connection: RedisConnection;

  constructor({ connection }: { connection: RedisConnection }) {
    this.#connection = connection;
  }

  /** Where the ids of jobs are told that were cancelled. */
  get cancelled(): string {
    return this.#key('cancelled');
  }

  async create({ id, key, atOnce, meta, request, callback, secret, created }: NewJob, urls: readonly string[]) {
    const fields: Record<string, string | number | undefined> = {
      ...{ key: key.id, keyName: key.name, atOnce, meta, request, callback, secret },
      ...{ state: 'queued', total: urls.length, done: 0, failed: 0, next: 0, created, updated: created },
    };
    const words = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
    await this.#run(scripts.create, [id, String(created), String(words.length), ...words, ...urls]);
  }

  async get(id: string): Promise<JobRow | undefined> {
    return rowOf(
      id,
      (await this.#connection.command('HMGET', this.#key('job', id), ...fields)) as Array<string | null>,
    );
  }

  async recent(limit: number): Promise<JobRow[]> {
    const ids = (await this.#connection.command('ZREVRANGE', this.#key('recent'), '0', String(limit - 1))) as string[];
    const rows = await Promise.all(ids.map((id) => this.get(id)));
    return rows.filter((row) => row !== undefined);
  }

  async results(id: string, from: number, limit: number, bytes: number): Promise<JobResult[]> {
    const job = await this.get(id);
    if (!job) return [];
    const results: JobResult[] = [];
    let read = 0;
    for await (const { index, size, ...written } of this.#written(job, from)) {
      read += size;
      if (results.length > 0 && read > bytes) break;
      results.push({ index, ...written, body: await this.#bodyOf(id, index) });
      if (results.length === limit) break;
    }
    return results;
  }

  async *#written({ id, state, total }: JobRow, from: number): AsyncGenerator<Written & { readonly index: number }> {
    for (let first = from; first < total; first += window) {
      const indexes = Array.from({ length: Math.min(window, total - first) }, (_, place) => first + place);
      const found = (await this.#connection.command(
        'HMGET',
        this.#key('results', id),
        ...indexes.map(String),
      )) as Array<string | null>;
      for (const [place, text] of found.entries()) {
        if (text !== null) yield { index: first + place, ...(JSON.parse(text) as Written) };
        else if (isLive(state)) return;
      }
    }
  }

  async #bodyOf(id: string, index: number): Promise<Uint8Array | undefined> {
    const body = await this.#connection.bytes('HGET', this.#key('bodies', id), String(index));
    return body instanceof Uint8Array ? body : undefined;
  }

  /** @returns the job, where this was its last page. */
  async finish(id: string, { index, url, ok, facts, body }: JobResult, now: number): Promise<JobRow | undefined> {
    const size = facts.length + (body?.byteLength ?? 0);
    const written = JSON.stringify({ url, ok, facts, size } satisfies Written);
    const bytes = body === undefined ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const args = [id, String(index), whole(now), String(keptFor), ok ? '1' : '0', written, bytes];
    return (await this.#run(scripts.finish, args)) === 2 ? this.get(id) : undefined;
  }

  async cancel(id: string, now: number): Promise<Cancelled | undefined> {
    const begun = await this.#run(scripts.cancel, [id, whole(now), String(keptFor), this.cancelled]);
    return begun === null ? undefined : { begun: Number(begun) };
  }

  async deliveries(): Promise<Delivery[]> {
    const due = (await this.#run(scripts.due, [String(mostDeliveries)])) as string[];
    const deliveries = inGroups(due, 2).map(async ([job = '', score]): Promise<Delivery | undefined> => {
      const [callback, secret, tries, since] = (await this.#connection.command(
        ...['HMGET', this.#key('job', job), 'callback', 'secret', 'tries', 'updated'],
      )) as Array<string | null>;
      if (typeof callback !== 'string' || typeof secret !== 'string') return undefined;
      return { job, callback, secret, due: Number(score), tries: Number(tries ?? 0), since: Number(since) };
    });
    return (await Promise.all(deliveries)).filter((delivery) => delivery !== undefined);
  }

  async take(id: string, until: number): Promise<boolean> {
    return (await this.#run(scripts.take, [id, whole(Date.now()), whole(until)])) === 1;
  }

  async delivered(id: string, next: { due: number; tries: number } | undefined): Promise<void> {
    if (next === undefined) {
      await this.#connection.command('ZREM', this.#key('due'), id);
      return;
    }
    await this.#connection.command('HSET', this.#key('job', id), 'tries', String(next.tries));
    await this.#connection.command('ZADD', this.#key('due'), whole(next.due), id);
  }

  /** Jobs go by themselves; what is left are their names. */
  async forget(before: number): Promise<number> {
    const recent = this.#key('recent');
    const old = (await this.#connection.command('ZRANGEBYSCORE', recent, '-inf', whole(before))) as string[];
    const there = await Promise.all(old.map((id) => this.#connection.command('EXISTS', this.#key('job', id))));
    const gone = old.filter((_, place) => Number(there[place]) === 0);
    for (const id of gone) await this.#connection.command('ZREM', recent, id);
    return gone.length;
  }

  /** @returns the next page of the key; where there is none, whether some are left whose hosts are crowded here. */
  async claim(
    key: string,
    gateway: string,
    now: number,
    crowded: readonly string[],
  ): Promise<Claimed | { readonly left: boolean }> {
    const [id, index, url] = (await this.#run(scripts.claim, [key, gateway, whole(now), ...crowded])) as string[];
    return url === undefined ? { left: Number(id) > 0 } : { id: String(id), index: Number(index), url };
  }

  async back(pages: ReadonlyArray<Pick<Claimed, 'id' | 'index'>>): Promise<void> {
    if (pages.length > 0)
      await this.#run(
        scripts.back,
        pages.flatMap(({ id, index }) => [id, String(index)]),
      );
  }

  async later({ id, index }: Claimed, now: number, due: number): Promise<void> {
    await this.#run(scripts.later, [id, String(index), whole(now), whole(due)]);
  }

  /** @returns how often the page was told to come later, this time included. */
  async tried({ id, index }: Claimed): Promise<number> {
    return Number(await this.#run(scripts.tried, [id, String(index)]));
  }

  async park({ id, index }: Claimed, now: number): Promise<void> {
    await this.#run(scripts.park, [id, String(index), whole(now)]);
  }

  /** Says that the gateway lives, and takes back what those were at that were not heard of for `lease` milliseconds. */
  async sweep(gateway: string, lease: number, now: number): Promise<Swept> {
    const found = await this.#run(scripts.sweep, [gateway, String(lease), whole(now)]);
    const [needs, mine] = found as [Array<string | null>, string[]];
    return {
      needs: inGroups(needs, 3).map(([key, atOnce, pages]) => ({
        ...{ key: String(key), pages: Number(pages) },
        atOnce: atOnce === null ? undefined : Number(atOnce),
      })),
      mine: inGroups(mine, 2).map(([id, index]) => ({ id: String(id), index: Number(index) })),
    };
  }

  async leave(gateway: string): Promise<void> {
    await this.#run(scripts.leave, [gateway]);
  }

  async load(): Promise<{ queued: number; running: number }> {
    const [queued, running] = (await this.#run(scripts.load, [])) as number[];
    return { queued: Number(queued), running: Number(running) };
  }

  #run(script: Script, args: ReadonlyArray<string | Buffer>): Promise<unknown> {
    return this.#connection.run(script, [], [this.#key(''), ...args]);
  }

  #key(...parts: readonly string[]): string {
    return this.#connection.key('jobs', ...parts);
  }
}

function inGroups<T>(words: readonly T[], size: number): T[][] {
  return Array.from({ length: words.length / size }, (_, place) => words.slice(size * place, size * (place + 1)));
}

function whole(time: number): string {
  return String(Math.ceil(time));
}

/** Of a job, in the order in which Redis is asked for them. */
const fields = [
  ...['key', 'keyName', 'atOnce', 'state', 'total', 'done', 'failed', 'created', 'updated'],
  ...['meta', 'request', 'callback', 'secret'],
];

function rowOf(id: string, values: ReadonlyArray<string | null>): JobRow | undefined {
  const known = new Map(fields.map((name, place) => [name, values[place] ?? undefined]));
  const text = (name: string) => known.get(name) ?? '';
  if (!known.get('key')) return undefined;
  const atOnce = known.get('atOnce');
  return {
    id,
    key: { id: text('key'), name: text('keyName') },
    atOnce: atOnce === undefined ? undefined : Number(atOnce),
    state: text('state') as JobState,
    total: Number(text('total')),
    done: Number(text('done')),
    failed: Number(text('failed')),
    created: Number(text('created')),
    updated: Number(text('updated')),
    meta: known.get('meta'),
    request: text('request'),
    callback: known.get('callback'),
    secret: text('secret'),
  };
}
