// The one browser that pages are rendered in: launched when first needed, replaced when it is old, large or dead. It admits
// no more visits than there is room for, and nobody waits for ever.
import { availableParallelism, totalmem } from 'node:os';
import { Problem } from '../core/problem.js';
import type { Ending } from './ending.js';
import type { Chromium } from './find-chromium.js';
import { launch, type Running } from './launch.js';
import { availableMemory } from './process-group.js';

export interface BrowsersOptions {
  readonly chromium: Chromium;
  /** The address of the filtering proxy. */
  readonly proxy: () => Promise<string>;
  /**
   * Pages that are rendered at once.
   * @default by cores and memory: four for each core, one for each 256 MB, at most 32
   */
  readonly concurrency?: number | undefined;
  /** Calls that wait for room; one more is refused. @default 4 times `concurrency`, at least 16 */
  readonly maxWaiting?: number | undefined;
  /** Pages after which a browser is replaced. @default 100 */
  readonly maxPages?: number | undefined;
  /** Milliseconds after which it is. @default 30 minutes */
  readonly maxAge?: number | undefined;
  /** Bytes in its processes above which it is. @default 1 GiB, and 64 MiB more for each page at once */
  readonly maxMemory?: number | undefined;
}

/** Room for one visit. */
export interface Lease {
  readonly running: Running;
  /** Settles when the browser is gone. */
  readonly gone: Promise<void>;
  release(): void;
}

export interface BrowsersReport {
  readonly running: number;
  readonly active: number;
  readonly waiting: number;
  readonly concurrency: number;
  readonly rendered: number;
  readonly launches: number;
  readonly memory: number;
}

interface Member {
  readonly running: Running;
  readonly gone: Promise<void>;
  pages: number;
  active: number;
  memory: number;
  retired: boolean;
}

interface Waiter {
  grant(): void;
  refuse(error: unknown): void;
}

/** Bytes that this machine must have left for one more page beside others. */
const leastMemory = 192 * 1024 ** 2;
/** Milliseconds between two looks at memory, while anything is rendered. */
const watchEvery = 2_000;
const longestBackoff = 30_000;

export class Browsers {
  readonly concurrency: number;
  readonly #options: BrowsersOptions;
  readonly #maxWaiting: number;
  readonly #maxMemory: number;
  readonly #members = new Set<Member>();
  readonly #endings = new Set<Promise<void>>();
  readonly #waiting: Waiter[] = [];
  #current: Promise<Member> | undefined;
  #active = 0;
  #rendered = 0;
  #launches = 0;
  #failures = 0;
  #notBefore = 0;
  #tight = false;
  #watch: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BrowsersOptions) {
    this.#options = options;
    this.concurrency = options.concurrency ?? defaultConcurrency();
    this.#maxWaiting = options.maxWaiting ?? Math.max(16, 4 * this.concurrency);
    this.#maxMemory = options.maxMemory ?? (1024 + 64 * this.concurrency) * 1024 ** 2;
  }

  /** Room in a browser that runs, within what `ending` leaves of time. */
  async lease(ending: Ending): Promise<Lease> {
    await this.#room(ending);
    let released = false;
    let member: Member | undefined;
    const release = () => {
      if (released) return;
      released = true;
      this.#active--;
      if (member !== undefined) this.#left(member);
      this.#admit();
    };
    try {
      member = await ending.race(this.#member());
      member.pages++;
      member.active++;
      if (this.#isWorn(member)) this.#retire(member);
      this.#watching();
      return { running: member.running, gone: member.gone, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  report(): BrowsersReport {
    return {
      running: this.#members.size,
      active: this.#active,
      waiting: this.#waiting.length,
      concurrency: this.concurrency,
      rendered: this.#rendered,
      launches: this.#launches,
      memory: [...this.#members].reduce((sum, { memory }) => sum + memory, 0),
    };
  }

  /** The browsers that run, retired ones included. */
  runs(): readonly Running[] {
    return [...this.#members].map(({ running }) => running);
  }

  /** Ends every browser, whatever it does. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#watch);
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(closing());
    // One that is being launched is closed by whoever launches it.
    await this.#current?.catch(() => {});
    for (const member of [...this.#members]) this.#end(member);
    await Promise.all(this.#endings);
  }

  async #room(ending: Ending): Promise<void> {
    if (this.#closed) throw closing();
    if (this.#hasRoom() && this.#waiting.length === 0) {
      this.#active++;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new Problem('overloaded', `${this.#maxWaiting} calls wait for a browser already`, { retryAfter: 2 });
    }
    let waiter: Waiter | undefined;
    const granted = new Promise<void>((resolve, reject) => {
      waiter = { grant: resolve, refuse: reject };
      this.#waiting.push(waiter);
    });
    this.#watching();
    try {
      await ending.race(granted);
    } catch (error) {
      const index = this.#waiting.indexOf(waiter as Waiter);
      if (index >= 0) this.#waiting.splice(index, 1);
      // The room was given at the very moment at which nobody wanted it any more.
      else if (!this.#closed) granted.then(() => this.#giveBack());
      throw error;
    }
  }

  #giveBack(): void {
    this.#active--;
    this.#admit();
  }

  #hasRoom(): boolean {
    return this.#active === 0 || (this.#active < this.concurrency && !this.#tight);
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      this.#active++;
      this.#waiting.shift()?.grant();
    }
  }

  /** The browser that takes the next page. */
  #member(): Promise<Member> {
    if (this.#current !== undefined) return this.#current;
    const wait = this.#notBefore - performance.now();
    if (wait > 0) {
      const retryAfter = Math.ceil(wait / 1000);
      return Promise.reject(new Problem('overloaded', 'the browser cannot be launched just now', { retryAfter }));
    }
    const launching = this.#launch();
    this.#current = launching;
    launching.catch(() => {
      if (this.#current === launching) this.#current = undefined;
    });
    return launching;
  }

  async #launch(): Promise<Member> {
    let running: Running;
    try {
      this.#launches++;
      running = await launch(this.#options.chromium, await this.#options.proxy());
    } catch (error) {
      this.#notBefore = performance.now() + Math.min(longestBackoff, 500 * 2 ** this.#failures++);
      throw new Problem('overloaded', 'the browser could not be launched', { retryAfter: 1, cause: error });
    }
    this.#failures = 0;
    const gone = new Promise<void>((resolve) => running.browser.once('disconnected', () => resolve()));
    const member: Member = { running, gone, pages: 0, active: 0, memory: 0, retired: false };
    this.#members.add(member);
    void gone.then(() => this.#end(member));
    if (this.#closed || !running.browser.isConnected()) {
      this.#end(member);
      throw this.#closed ? closing() : new Problem('overloaded', 'the browser ended at once', { retryAfter: 1 });
    }
    return member;
  }

  #isWorn({ pages, running }: Member): boolean {
    const { maxPages = 100, maxAge = 30 * 60_000 } = this.#options;
    return pages >= maxPages || performance.now() - running.startedAt > maxAge;
  }

  /** It takes no further page, and ends with its last one. */
  #retire(member: Member): void {
    if (!member.retired) this.#current = undefined;
    member.retired = true;
    if (member.active === 0) this.#end(member);
  }

  #left(member: Member): void {
    member.active--;
    this.#rendered++;
    if (member.retired && member.active === 0) this.#end(member);
  }

  #end(member: Member): void {
    if (!this.#members.delete(member)) return;
    if (!member.retired) this.#current = undefined;
    member.retired = true;
    const ending = member.running.close().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  #watching(): void {
    if (this.#watch !== undefined || this.#closed) return;
    this.#watch = setTimeout(() => void this.#look(), watchEvery);
    this.#watch.unref();
  }

  async #look(): Promise<void> {
    const available = await availableMemory();
    this.#tight = available !== undefined && available < leastMemory;
    for (const member of [...this.#members]) {
      member.memory = member.running.memory() ?? 0;
      // What keeps growing although it takes no more pages is ended before the machine is.
      if (member.memory > this.#maxMemory * 2) member.running.kill();
      else if (member.memory > this.#maxMemory) this.#retire(member);
    }
    this.#watch = undefined;
    this.#admit();
    if (this.#active > 0 || this.#waiting.length > 0) this.#watching();
  }
}

function closing(): Problem {
  return new Problem('overloaded', 'the service is closing', { retryAfter: 1 });
}

function defaultConcurrency(): number {
  const byMemory = Math.floor(totalmem() / (256 * 1024 ** 2));
  return Math.max(1, Math.min(32, 4 * availableParallelism(), byMemory));
}
