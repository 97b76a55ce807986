// Tells the gateways of one Redis which captchas a person has solved. It is a message and kept nowhere: who misses it goes on
// waiting for a person of their own.
import type { RedisConnection } from './connection.js';

export class RedisClearances {
  readonly #connection: RedisConnection;
  readonly #channel: string;

  constructor({ connection }: { readonly connection: RedisConnection }) {
    this.#connection = connection;
    this.#channel = connection.key('captcha-solved');
  }

  async tell(captcha: string): Promise<void> {
    await this.#connection.command('PUBLISH', this.#channel, captcha);
  }

  hear(listener: (captcha: string) => void): Promise<() => void> {
    return this.#connection.hear(this.#channel, listener);
  }
}
