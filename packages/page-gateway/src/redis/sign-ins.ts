// Who signed in at one gateway's dashboard has signed in at all of them: the secret of the cookies, made once, and who signed
// out before a cookie's end.
import { randomBytes } from 'node:crypto';
import { type RedisConnection, script } from './connection.js';

/** The first one stays. */
const firstOf = script(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])`);

export class RedisSignIns {
  readonly #connection: RedisConnection;

  constructor({ connection }: { connection: RedisConnection }) {
    this.#connection = connection;
  }

  async secret(): Promise<string> {
    const secret = await this.#first(randomBytes(32).toString('base64url'));
    // A Redis that came back without it shall not make those who start later use another one.
    this.#connection.watch(() => void this.#first(secret).catch(() => {}));
    return secret;
  }

  async load(id: string): Promise<string | undefined> {
    const state = await this.#connection.command('GET', this.#key(id));
    return state === null ? undefined : String(state);
  }

  /** `expires`: when it may be forgotten, in milliseconds since 1970. */
  async save(id: string, state: string, expires: number): Promise<void> {
    const left = Math.max(1, Math.ceil(expires - Date.now()));
    await this.#connection.command('SET', this.#key(id), state, 'PX', String(left));
  }

  async #first(secret: string): Promise<string> {
    return String(await this.#connection.run(firstOf, [this.#connection.key('dashboard', 'secret')], [secret]));
  }

  #key(id: string): string {
    return this.#connection.key('dashboard', 'signed-out', id);
  }
}
