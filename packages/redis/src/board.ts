// errand's board of circuits on Redis: how requests went is told a few at a time, and a host that is down is cried out to all.
import type { BreakerSettings, CircuitBoard } from 'errand';
import type { Link } from './link.js';
import { ask, count, type Script, tell } from './scripts.js';

/** Counts of so many milliseconds travel together. */
const gatherFor = 50;

interface Tally {
  requests: number;
  failures: number;
  readonly settings: BreakerSettings;
}

export class RedisBoard implements CircuitBoard {
  readonly #link: Link;
  readonly #prefix: string;
  readonly #owner: string;
  readonly #heard: (host: string, openFor: number) => void;
  readonly #letGo: () => void;
  readonly #tallies = new Map<string, Tally>();
  #timer: NodeJS.Timeout | undefined;

  constructor(link: Link, prefix: string, owner: string, heard: (host: string, openFor: number) => void) {
    this.#link = link;
    this.#prefix = prefix;
    this.#owner = owner;
    this.#heard = heard;
    this.#letGo = link.hear(this.#channel, (message) => this.#read(message));
  }

  get #channel(): string {
    return `${this.#prefix}circuits`;
  }

  count(host: string, failed: boolean, settings: BreakerSettings): void {
    if (!this.#link.reachable) return;
    let tally = this.#tallies.get(host);
    if (tally === undefined) {
      tally = { requests: 0, failures: 0, settings };
      this.#tallies.set(host, tally);
    }
    tally.requests++;
    if (failed) tally.failures++;
    this.#timer ??= setTimeout(() => this.#flush(), gatherFor);
  }

  tell(host: string, openFor: number): void {
    this.#tallies.delete(host);
    const message = `${this.#owner} ${openFor} ${host}`;
    void this.#run(tell, host, [String(openFor), this.#channel, message]);
  }

  ask(host: string): void {
    void this.#run(ask, host, []).then((left) => this.#told(host, left));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#tallies.clear();
    this.#letGo();
  }

  #told(host: string, openFor: number): void {
    if (openFor > 0) this.#heard(host, openFor);
  }

  #flush(): void {
    this.#timer = undefined;
    for (const [host, { requests, failures, settings }] of this.#tallies) {
      const { failureRate, minimumRequests, window, openFor } = settings;
      const numbers = [requests, failures, failureRate, minimumRequests, window, openFor].map(String);
      void this.#run(count, host, [...numbers, this.#channel, host]).then((left) => this.#told(host, left));
    }
    this.#tallies.clear();
  }

  /** Those who cannot be told go by what they see themselves. */
  async #run(script: Script, host: string, args: readonly string[]): Promise<number> {
    try {
      return Number(await this.#link.run(script, `${this.#prefix}circuit:{${host}}`, args));
    } catch {
      return 0;
    }
  }

  /** `owner openFor host`; what this process has said itself it knows. */
  #read(message: string): void {
    const [owner, openFor, host] = message.split(' ');
    if (owner !== this.#owner && host !== undefined) this.#heard(host, Number(openFor));
  }
}
