// Bans that all gateways of one Redis share: looked up in memory, told to Redis, and heard from it. What is missed, or was
// told while Redis was away, is made good when it is back.
import { randomUUID } from 'node:crypto';
import { type Ban, type BanBook, type BanRules, Bans, banRules, type KnownBan } from '../proxies/bans.js';
import { change, read } from './bans-scripts.js';
import type { RedisConnection } from './connection.js';

export interface RedisBansOptions {
  readonly connection: RedisConnection;
  /** @default those of one process */
  readonly rules?: BanRules;
}

/** How often it is looked whether a message was missed; milliseconds. */
const lookEvery = 1_000;
/** As many changes travel together. */
const batch = 200;

interface Change {
  /** `keep`: Redis may not know of a ban that is known here. */
  readonly kind: 'ban' | 'keep' | 'lift';
  readonly proxy: string;
  readonly host: string;
}

interface Unsettled {
  readonly change: Change;
  /** It could not be told. */
  readonly failed: boolean;
}

export class RedisBans implements BanBook {
  readonly #connection: RedisConnection;
  readonly #rules: BanRules;
  /** In this machine's own time. */
  readonly #known: Bans;
  readonly #timer: NodeJS.Timeout;
  #hush: () => void = () => {};
  /** Which state of the bans is known here: the id of Redis's book, and how many changes of it. */
  #book = '';
  #changes = 0;
  /** What Redis has not confirmed yet. */
  readonly #unsettled = new Map<string, Unsettled>();
  #reading: Promise<void> | undefined;
  /** Heard while all is read. */
  #meanwhile: string[] = [];
  #closed = false;

  private constructor({ connection, rules = banRules }: RedisBansOptions) {
    this.#connection = connection;
    this.#rules = rules;
    this.#known = new Bans(rules);
    this.#timer = setInterval(() => void this.#look(), lookEvery).unref();
  }

  /** @throws Problem overloaded where Redis is away. */
  static async open(options: RedisBansOptions): Promise<RedisBans> {
    const bans = new RedisBans(options);
    try {
      bans.#hush = await options.connection.hear(bans.#channel, (message) => bans.#heard(message));
      await bans.#read();
      return bans;
    } catch (error) {
      bans.close();
      throw error;
    }
  }

  add(proxy: string, host: string, vendor: string | undefined, now: number): void {
    if (this.#known.add(proxy, host, vendor, now)) void this.#tell([{ kind: 'ban', proxy, host }]);
  }

  of(proxy: string, host: string, now: number): Ban | undefined {
    return this.#known.of(proxy, host, now);
  }

  lift(proxy: string, host: string, now: number): void {
    if (this.#known.lift(proxy, host, now)) void this.#tell([{ kind: 'lift', proxy, host }]);
  }

  inForce(now: number): Ban[] {
    return this.#known.inForce(now);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#hush();
  }

  get #channel(): string {
    return this.#connection.key('bans');
  }

  get #hash(): string {
    return this.#connection.key('{bans}');
  }

  /** What cannot be told now is told when Redis is back. */
  async #tell(changes: readonly Change[]): Promise<void> {
    const { first, longest, memory, most } = this.#rules;
    const settle = (failed: boolean) => {
      for (const change of changes) this.#unsettled.set(fieldOf(change), { change, failed });
    };
    settle(false);
    try {
      await this.#connection.run(
        change,
        [this.#hash, `${this.#hash}:ends`],
        [
          ...[this.#channel, randomUUID(), ...[first, longest, memory, most].map(String)],
          ...changes.flatMap((each) => [each.kind, fieldOf(each), ...this.#wordsOf(each)]),
        ],
      );
      for (const each of changes) this.#unsettled.delete(fieldOf(each));
    } catch {
      settle(true);
    }
  }

  #wordsOf({ proxy, host }: Change): string[] {
    const { until = 0, times = 0, vendor = '' } = this.#known.known(proxy, host) ?? {};
    return [String(Math.round(until - Date.now())), String(times), vendor];
  }

  #heard(message: string): void {
    if (this.#reading !== undefined) return void this.#meanwhile.push(message);
    const [head = '', proxy = '', host = '', vendor = ''] = message.split('\n');
    const [book = '', ...numbers] = head.split(' ');
    const [changes = 0, left = 0, times = 0] = numbers.map(Number);
    // Known from reading already.
    if (book === this.#book && changes <= this.#changes) return;
    const first = this.#book === '' && changes === 1;
    if (!first && (book !== this.#book || changes !== this.#changes + 1)) return void this.#look();
    this.#book = book;
    this.#changes = changes;
    const now = Date.now();
    if (times === 0) this.#known.remove(proxy, host);
    else this.#known.put({ proxy, host, until: now + left, times, vendor: vendor || undefined }, now);
  }

  async #look(): Promise<void> {
    if (this.#closed || !this.#connection.reachable) return;
    try {
      const state = (await this.#connection.command('HMGET', this.#hash, '@book', '@changes')) as Array<string | null>;
      const same = (state[0] ?? '') === this.#book && Number(state[1]) === this.#changes;
      const untold = [...this.#unsettled.values()].some(({ failed }) => failed);
      if ((!same || untold) && !this.#closed) await this.#read();
    } catch {
      // It is looked at again.
    }
  }

  /** Learns all that Redis knows, and tells it what it does not know; one reading at a time. */
  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
      for (const message of this.#meanwhile.splice(0)) this.#heard(message);
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    const [time, words] = (await this.#connection.run(read, [this.#hash], [])) as [number, string[]];
    const fields = new Map<string, string>();
    for (let at = 0; at < words.length; at += 2) fields.set(words[at] as string, words[at + 1] as string);
    const book = fields.get('@book') ?? '';
    // A Redis that began anew is told all that is known here.
    const anew = book !== this.#book;
    this.#book = book;
    this.#changes = Number(fields.get('@changes') ?? 0);
    fields.delete('@book');
    fields.delete('@changes');
    const now = Date.now();
    const mine = this.#known.all();
    for (const [field, value] of fields) this.#known.put(banOf(field, value, now - time), now);
    for (const ban of mine) this.#compare(ban, fields.has(fieldOf(ban)), anew, now);
    const untold = [...this.#unsettled.values()].filter(({ failed }) => failed).map(({ change }) => change);
    for (const { kind, proxy, host } of untold) if (kind === 'lift') this.#known.lift(proxy, host, now);
    const changes = [...(anew ? mine : []), ...untold].map(({ proxy, host }): Change => {
      return { kind: this.#known.known(proxy, host) === undefined ? 'lift' : 'keep', proxy, host };
    });
    for (let at = 0; at < changes.length; at += batch) await this.#tell(changes.slice(at, at + batch));
  }

  /** What was known here before all was read: Redis is right, unless it could not know. */
  #compare(ban: KnownBan, there: boolean, anew: boolean, now: number): void {
    const mine = anew || this.#unsettled.has(fieldOf(ban));
    const { proxy, host, until } = ban;
    if (!there && !mine) this.#known.remove(proxy, host);
    else if (mine && until > (this.#known.known(proxy, host)?.until ?? 0)) this.#known.put(ban, now);
  }
}

function fieldOf({ proxy, host }: { readonly proxy: string; readonly host: string }): string {
  return `${proxy}\n${host}`;
}

/** @param ahead What this machine's clock is ahead of Redis's. */
function banOf(field: string, value: string, ahead: number): KnownBan {
  const [proxy = '', host = ''] = field.split('\n');
  const [until, times, ...vendor] = value.split(' ');
  return { proxy, host, until: Number(until) + ahead, times: Number(times), vendor: vendor.join(' ') || undefined };
}
