// The keys of all gateways: who they are, by the hashes of their secrets. Each change is one step, heard by the others at
// once; what is remembered here of it is at most two seconds old. A Redis that comes back without them is told them again.
import { randomUUID } from 'node:crypto';
import type { KeyRow, KeyStore } from '../store/key-store.js';
import type { RedisConnection } from './connection.js';
import { addKey, findKey, listKeys, restoreKeys, revokeKeys } from './keys-scripts.js';

export interface RedisKeysOptions {
  readonly connection: RedisConnection;
  /** Pages of a key, as far as they are known here. */
  readonly usedOf?: (id: string) => number;
}

/** Milliseconds. */
const lookEvery = 1_000;
const remembered = 2_000;
const mostRemembered = 10_000;

export class RedisKeys implements KeyStore {
  readonly #connection: RedisConnection;
  readonly #known = new Map<string, { readonly row: KeyRow; readonly until: number }>();
  readonly #usedOf: (id: string) => number;
  /** All of them, for a Redis that has lost them. */
  readonly #rows = new Map<string, KeyRow>();
  /** Of the keys on Redis; another one when they were lost. */
  #epoch = '';
  #settled: Promise<void> | undefined;
  #any = false;
  #timer: NodeJS.Timeout | undefined;
  #ends: Array<() => void> = [];

  constructor({ connection, usedOf = () => 0 }: RedisKeysOptions) {
    this.#connection = connection;
    this.#usedOf = usedOf;
  }

  /** Begins to hear of the others' changes. */
  async open(): Promise<this> {
    this.#ends = [await this.#connection.hear(this.#channel, (id) => this.#heard(id))];
    await this.#settle();
    this.#ends.push(this.#connection.watch(() => this.#back()));
    if (!this.#any) this.#timer = setInterval(() => void this.#look().catch(() => {}), lookEvery).unref();
    return this;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends.splice(0)) end();
  }

  any(): boolean {
    return this.#any;
  }

  async find(hash: string): Promise<KeyRow | undefined> {
    const known = this.#known.get(hash);
    if (known !== undefined && known.until > performance.now()) return known.row;
    await this.#settled;
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
    const rows = found.map((row) => keyRowOf(row, String(now)));
    for (const row of rows) this.#rows.set(row.id, row);
    return rows;
  }

  async #add({ revoked, ...row }: KeyRow, used: number): Promise<unknown> {
    const keys = this.#keys('rows', 'hashes', 'names', 'revoked', 'used');
    const ended = revoked === undefined ? '' : String(revoked);
    const args = [row.id, row.name, row.hash, JSON.stringify(row), ended, String(used), this.#channel];
    const outcome = await this.#connection.run(addKey, keys, args);
    this.#any = true;
    if (outcome === 'made') this.#rows.set(row.id, { ...row, revoked });
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

  #heard(id: string): void {
    this.#any = true;
    this.#known.clear();
    const heard = async () => {
      const row = await this.get(id);
      if (row !== undefined) this.#rows.set(id, row);
    };
    // What is missed here is read when Redis is back.
    void heard().catch(() => {});
  }

  /** Perhaps without its data, and perhaps others changed it meanwhile. Nobody is told that a key is unknown before this is over. */
  #back(): void {
    this.#known.clear();
    const settled: Promise<void> = this.#settle()
      .catch(() => {})
      .finally(() => {
        if (this.#settled === settled) this.#settled = undefined;
      });
    this.#settled = settled;
  }

  async #settle(): Promise<void> {
    const epoch = (await this.#connection.command('GET', ...this.#keys('epoch'))) as string | null;
    if (epoch === null || epoch !== this.#epoch) {
      const keys = this.#keys('rows', 'hashes', 'names', 'revoked', 'used', 'epoch');
      const rows = [...this.#rows.values()].flatMap(({ revoked, ...row }) => [
        ...[row.id, row.name, row.hash, JSON.stringify(row), revoked === undefined ? '' : String(revoked)],
        String(this.#usedOf(row.id)),
      ]);
      this.#epoch = String(await this.#connection.run(restoreKeys, keys, [randomUUID(), ...rows]));
    }
    for (const row of await this.list()) this.#rows.set(row.id, row);
    this.#any ||= this.#rows.size > 0;
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
