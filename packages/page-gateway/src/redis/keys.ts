// The keys of all gateways: who they are, by the hashes of their secrets. Each change is one step, heard by the others at
// once; what is remembered here of it is at most two seconds old.
import type { KeyRow, KeyStore } from '../store/key-store.js';
import { type RedisConnection, script } from './connection.js';

/** Milliseconds. */
const lookEvery = 1_000;
const remembered = 2_000;
const mostRemembered = 10_000;

/** Keys are never deleted: one that was revoked is told so, and its name is free. */
const addKey = script(`
local rows, hashes, names, revoked, used = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, name, hash, row, ended, pages, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if redis.call('HEXISTS', rows, id) == 1 then return 'known' end
if ended ~= '' then
  redis.call('HSET', revoked, id, ended)
elseif redis.call('HSETNX', names, name, id) == 0 then
  return 'taken'
end
redis.call('HSET', rows, id, row)
redis.call('HSET', hashes, hash, id)
if tonumber(pages) > 0 then redis.call('HSET', used, id, pages) end
redis.call('PUBLISH', channel, id)
return 'made'`);

const findKey = script(`
local id = ARGV[2] == 'hash' and redis.call('HGET', KEYS[2], ARGV[1]) or ARGV[1]
if not id then return {} end
local row = redis.call('HGET', KEYS[1], id)
if not row then return {} end
return {row, redis.call('HGET', KEYS[3], id) or ''}`);

const listKeys = script(`
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  found[#found + 1] = all[at + 1]
  found[#found + 1] = redis.call('HGET', KEYS[2], all[at]) or ''
end
return found`);

const revokeKeys = script(`
local rows, names, revoked = KEYS[1], KEYS[2], KEYS[3]
local wanted, now, channel = ARGV[1], ARGV[2], ARGV[3]
local found = {}
local function revoke(id)
  local row = redis.call('HGET', rows, id)
  if not row or redis.call('HSETNX', revoked, id, now) == 0 then return end
  redis.call('HDEL', names, cjson.decode(row).name)
  found[#found + 1] = row
  redis.call('PUBLISH', channel, id)
end
local named = redis.call('HGET', names, wanted)
if named then revoke(named) end
revoke(wanted)
return found`);

export class RedisKeys implements KeyStore {
  readonly #connection: RedisConnection;
  readonly #known = new Map<string, { readonly row: KeyRow; readonly until: number }>();
  #any = false;
  #timer: NodeJS.Timeout | undefined;
  #deaf: (() => void) | undefined;

  constructor({ connection }: { connection: RedisConnection }) {
    this.#connection = connection;
  }

  /** Begins to hear of the others' changes. */
  async open(): Promise<this> {
    this.#deaf = await this.#connection.hear(this.#channel, () => {
      this.#any = true;
      this.#known.clear();
    });
    await this.#look();
    if (!this.#any) this.#timer = setInterval(() => void this.#look().catch(() => {}), lookEvery).unref();
    return this;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#deaf?.();
  }

  any(): boolean {
    return this.#any;
  }

  async find(hash: string): Promise<KeyRow | undefined> {
    const known = this.#known.get(hash);
    if (known !== undefined && known.until > performance.now()) return known.row;
    const row = await this.#find(hash, 'hash');
    if (row !== undefined && row.revoked === undefined) this.#remember(row);
    return row;
  }

  async get(id: string): Promise<KeyRow | undefined> {
    return this.#find(id, 'id');
  }

  async list(): Promise<KeyRow[]> {
    const found = (await this.#connection.run(listKeys, this.#keys('rows', 'revoked'), [])) as string[];
    const rows: KeyRow[] = [];
    for (let at = 0; at < found.length; at += 2) rows.push(keyRowOf(found[at]!, found[at + 1]!));
    return rows.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  }

  async add(row: KeyRow): Promise<boolean> {
    return (await this.#add(row, 0)) === 'made';
  }

  /**
   * Takes over a key that was made elsewhere, with the pages that it has used; one that is known stays as it is.
   * @returns `false` where another live key has that name.
   */
  async adopt(row: KeyRow, used: number): Promise<boolean> {
    return (await this.#add(row, used)) !== 'taken';
  }

  async revoke(nameOrId: string, now: number): Promise<KeyRow[]> {
    const keys = this.#keys('rows', 'names', 'revoked');
    const found = (await this.#connection.run(revokeKeys, keys, [nameOrId, String(now), this.#channel])) as string[];
    this.#known.clear();
    return found.map((row) => keyRowOf(row, String(now)));
  }

  async #add({ revoked, ...row }: KeyRow, used: number): Promise<unknown> {
    const keys = this.#keys('rows', 'hashes', 'names', 'revoked', 'used');
    const ended = revoked === undefined ? '' : String(revoked);
    const args = [row.id, row.name, row.hash, JSON.stringify(row), ended, String(used), this.#channel];
    const outcome = await this.#connection.run(addKey, keys, args);
    this.#any = true;
    return outcome;
  }

  async #find(value: string, by: 'hash' | 'id'): Promise<KeyRow | undefined> {
    const keys = this.#keys('rows', 'hashes', 'revoked');
    const [row, revoked = ''] = (await this.#connection.run(findKey, keys, [value, by])) as string[];
    return row === undefined ? undefined : keyRowOf(row, revoked);
  }

  /** Those who are asked for again and again; a message or two seconds make it forget. */
  #remember(row: KeyRow): void {
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(row.hash, { row, until: performance.now() + remembered });
  }

  async #look(): Promise<void> {
    if (Number(await this.#connection.command('EXISTS', ...this.#keys('rows'))) > 0) this.#any = true;
    if (this.#any) clearInterval(this.#timer);
  }

  get #channel(): string {
    return this.#connection.key('keys', 'changed');
  }

  #keys(...names: readonly string[]): string[] {
    return names.map((name) => this.#connection.key('keys', name));
  }
}

function keyRowOf(json: string, revoked: string): KeyRow {
  const row = JSON.parse(json) as Partial<KeyRow> & Pick<KeyRow, 'id' | 'name' | 'hash' | 'scopes' | 'created'>;
  return {
    ...{ id: row.id, name: row.name, hash: row.hash, scopes: row.scopes, created: row.created },
    ...{ rpm: row.rpm, concurrency: row.concurrency, quota: row.quota },
    revoked: revoked === '' ? undefined : Number(revoked),
  };
}
