// discord.js's REST for interactions that came over HTTP: the first answer goes back as the response to Discord's
// request instead of a request of its own; everything after it goes to Discord's REST as ever.
import { setTimeout as delay } from 'node:timers/promises';
import { type InternalRequest, type RawFile, REST } from 'discord.js';
import { ExpiringMap } from '../expiring-map.js';

/** The first answer to an interaction. */
export interface FirstAnswer {
  readonly body: unknown;
  readonly files: readonly RawFile[];
}

interface Waiting {
  readonly resolve: (answer: FirstAnswer | undefined) => void;
}

const callback = /^\/interactions\/(\d+)\/[^/]+\/callback$/;
const webhook = /^\/webhooks\/\d+\/([^/]+)/;
/** Discord takes a moment to read the response; until then it does not know the interaction's token. */
const settling = 3_000;
const pause = 150;

export class CallbackRest extends REST {
  readonly #waiting = new Map<string, Waiting>();
  readonly #fresh = new ExpiringMap<string, true>(10_000);

  /**
   * The first answer to this interaction when there is one; undefined where it was sent by a request of its own, because
   * the command asked what came of it.
   */
  firstAnswer(id: string, token: string): Promise<FirstAnswer | undefined> {
    return new Promise((resolve) => {
      this.#waiting.set(id, {
        resolve: (answer) => {
          this.#waiting.delete(id);
          const now = performance.now();
          this.#fresh.set(token, true, now + settling, now);
          resolve(answer);
        },
      });
    });
  }

  /** Nobody waits for an answer to this interaction any more. */
  forget(id: string): void {
    this.#waiting.delete(id);
  }

  override async request(options: InternalRequest): Promise<unknown> {
    const id = callback.exec(options.fullRoute)?.[1];
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (waiting !== undefined) {
      if (String(options.query).includes('with_response=true')) {
        const result = await super.request(options);
        waiting.resolve(undefined);
        return result;
      }
      waiting.resolve({ body: options.body, files: options.files ?? [] });
      return undefined;
    }
    return this.#whenKnown(options);
  }

  async #whenKnown(options: InternalRequest): Promise<unknown> {
    const token = webhook.exec(options.fullRoute)?.[1];
    for (;;) {
      try {
        return await super.request(options);
      } catch (error) {
        const early = token !== undefined && this.#fresh.get(token, performance.now());
        if (!early || (error as { code?: unknown }).code !== 10015) throw error;
        await delay(pause);
      }
    }
  }
}
