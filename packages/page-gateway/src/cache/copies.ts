// Copies of pages for those who take one that is not older than `cache_ttl`, and one flight for all who want the same page
// at once. Only pages that were got are kept: never problems, blocks or faults of the target.
import { join } from 'node:path';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Copy } from './copy.js';
import { CopyFiles } from './copy-files.js';
import type { CopyIndex } from './copy-index.js';
import { copyKey, mayBeCopied } from './copy-key.js';
import { Flight } from './flight.js';
import { RecentCopies } from './recent-copies.js';
import type { CopyShelf } from './shelf.js';

export interface CopiesOptions {
  /**
   * Where copies are kept beyond the memory of this process, in place of a folder.
   * @default the folder
   * @example new Copies({ shelf: new RedisCopies({ connection }) })
   */
  readonly shelf?: CopyShelf | undefined;
  /**
   * The data folder, in whose folder `copies` the files are. Without one, copies end with the process.
   * @default undefined
   * @example new Copies({ folder: '/var/lib/page-gateway' })
   */
  readonly folder?: string;
  /**
   * Where it is noted which copies there are.
   * @default in memory, filled from the folder
   * @example new Copies({ folder, index: store.copies })
   */
  readonly index?: CopyIndex;
  /**
   * Bytes of copies in memory.
   * @default 64 MiB
   * @example new Copies({ memoryLimit: 16 * 1024 ** 2 })
   */
  readonly memoryLimit?: number;
  /**
   * Bytes of copies in files.
   * @default 1 GiB
   * @example new Copies({ folder, diskLimit: 10 * 1024 ** 3 })
   */
  readonly diskLimit?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Told what goes wrong with files; callers never notice. */
  readonly onError?: (error: unknown) => void;
}

export interface Copied {
  readonly page: Page;
  readonly cache: 'hit' | 'miss';
}

export interface AskOptions {
  /** Ends the asking of this one caller. */
  readonly signal: AbortSignal;
  /** Whose sticky sessions are meant: the id of the key. @default '' */
  readonly owner?: string;
}

/** How often what has expired is removed, in milliseconds. */
const sweep = 60_000;
/** While so many bytes wait to be written, further copies stay in memory alone. */
const unwrittenLimit = 64 * 1024 ** 2;

export class Copies {
  readonly #recent: RecentCopies;
  readonly #shelf: CopyShelf | undefined;
  readonly #flights = new Map<string, Flight>();
  readonly #now: () => number;
  readonly #sweeper: NodeJS.Timeout;
  #unwritten = 0;
  #closed = false;

  constructor({ shelf, memoryLimit, now = Date.now, ...options }: CopiesOptions = {}) {
    this.#recent = new RecentCopies(memoryLimit ?? 64 * 1024 ** 2);
    this.#shelf = shelf ?? filesOf(options);
    this.#now = now;
    this.#sweeper = setInterval(() => this.#sweep(), sweep).unref();
  }

  /**
   * A copy that is young enough for the request, or what `fetch` brings, once for all who ask for it meanwhile.
   * @throws what `fetch` throws, or the signal's reason.
   */
  async get(
    request: PageRequest,
    fetch: (signal: AbortSignal) => Promise<Page>,
    { signal, owner = '' }: AskOptions,
  ): Promise<Copied> {
    signal.throwIfAborted();
    if (!mayBeCopied(request)) return { page: await fetch(signal), cache: 'miss' };
    const deadline = performance.now() + request.timeout;
    const key = copyKey(request, owner);
    const filed = this.#flights.get(key)?.open ? undefined : await this.#load(key, request);
    for (;;) {
      signal.throwIfAborted();
      const copy = this.#young(this.#recent.get(key), request) ?? this.#young(filed, request);
      if (copy !== undefined) return { page: copy.page, cache: 'hit' };
      const flight = this.#flightFor(key, request, fetch, deadline);
      try {
        return { page: await flight.join(signal), cache: 'miss' };
      } catch (error) {
        // The one who began it had less time than this caller, who begins again.
        const late = error instanceof Problem && error.code === 'timeout' && flight.deadline < deadline;
        if (!late || signal.aborted) throw error;
      }
    }
  }

  /** Waits for what is being written. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    await this.#shelf?.close();
  }

  #young(copy: Copy | undefined, { cacheTtl }: PageRequest): Copy | undefined {
    const age = copy === undefined ? Number.POSITIVE_INFINITY : this.#now() - copy.stored;
    // A clock that was set back makes no copy young for ever.
    return age >= 0 && age <= cacheTtl ? copy : undefined;
  }

  /** From the shelf, and to memory, where none in memory will do: others may have put a younger one there. */
  async #load(key: string, request: PageRequest): Promise<Copy | undefined> {
    if (this.#shelf === undefined || this.#young(this.#recent.get(key), request) !== undefined) return undefined;
    const copy = await this.#shelf.get(key, this.#now());
    // One that came meanwhile is younger.
    if (copy !== undefined && copy.stored > (this.#recent.get(key)?.stored ?? 0)) this.#recent.set(key, copy);
    return copy;
  }

  #flightFor(
    key: string,
    request: PageRequest,
    fetch: (signal: AbortSignal) => Promise<Page>,
    deadline: number,
  ): Flight {
    const under = this.#flights.get(key);
    if (under?.open) return under;
    const flight: Flight = new Flight(deadline, async (signal) => {
      try {
        const page = await fetch(signal);
        if (mayBeKept(page)) this.#keep(key, page, request.cacheTtl);
        return page;
      } finally {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }
    });
    this.#flights.set(key, flight);
    return flight;
  }

  #keep(key: string, page: Page, ttl: number): void {
    const stored = this.#now();
    // Those who may take an older one may take this one for as long.
    const expires = Math.max(stored + ttl, this.#recent.get(key)?.expires ?? 0);
    const copy: Copy = { page, stored, expires };
    this.#recent.set(key, copy);
    const size = page.fetched.body.length;
    if (this.#shelf === undefined || this.#closed || this.#unwritten + size > unwrittenLimit) return;
    this.#unwritten += size;
    void this.#shelf.set(key, copy).finally(() => {
      this.#unwritten -= size;
    });
  }

  #sweep(): void {
    const now = this.#now();
    this.#recent.expire(now);
    void this.#shelf?.expire(now);
  }
}

function filesOf({ folder, index, diskLimit = 1024 ** 3, onError }: CopiesOptions): CopyShelf | undefined {
  if (folder === undefined) return undefined;
  return new CopyFiles({ folder: join(folder, 'copies'), limit: diskLimit, index, onError });
}

function mayBeKept({ verdict, fetched }: Page): boolean {
  return verdict.kind === 'page' && fetched.status < 500;
}
