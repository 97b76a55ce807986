// errand's ledger of turns on Redis: claims go through one script, and those who wait are woken by a message.
import type { Claim, Grant, Ledger, LedgerWatcher } from 'errand';
import type { Link } from './link.js';
import { claim as script } from './scripts.js';

export interface LedgerSettings {
  readonly prefix: string;
  readonly owner: string;
  readonly lease: number;
  readonly share: number | undefined;
}

export class RedisLedger implements Ledger {
  readonly lease: number;
  readonly share: number | undefined;
  readonly #link: Link;
  readonly #settings: LedgerSettings;
  readonly #letGo: ReadonlyArray<() => void>;

  constructor(link: Link, settings: LedgerSettings, watcher: LedgerWatcher) {
    this.#link = link;
    this.#settings = settings;
    this.lease = settings.lease;
    this.share = settings.share;
    const channel = `${settings.prefix}wake:${settings.owner}`;
    this.#letGo = [link.hear(channel, (host) => watcher.wake(host)), link.onRecovered(() => watcher.recovered())];
  }

  get reachable(): boolean {
    return this.#link.reachable;
  }

  async claim({ host, limit, held, wanted, advice }: Claim): Promise<Grant> {
    const { prefix, owner, lease } = this.#settings;
    const { concurrency, interval, burst } = limit;
    const slots = concurrency === Number.POSITIVE_INFINITY ? -1 : concurrency;
    const numbers = [held, wanted, lease, slots, interval, burst];
    const said = [advice?.pause ?? 0, advice?.remaining ?? -1, advice?.reset ?? 0];
    const reply = (await this.#link.run(script, `${prefix}limit:{${host}}`, [
      owner,
      ...numbers.map(String),
      `${prefix}wake:`,
      host,
      ...said.map(String),
    ])) as number[];
    const [granted, opensIn, sharers, tokens] = reply.map(Number) as [number, number, number, number];
    return { granted, opensIn: opensIn < 0 ? undefined : opensIn, sharers, tokens: tokens < 0 ? undefined : tokens };
  }

  close(): void {
    for (const letGo of this.#letGo) letGo();
  }
}
