// Jobs on a store of their own, with pages that the test makes itself.
import { Session } from 'errand';
import { onTestFinished, vi } from 'vitest';
import type { Page } from '../../src/core/page.js';
import type { PageRequest } from '../../src/core/page-request.js';
import { Jobs, type JobsOptions } from '../../src/jobs/jobs.js';
import type { FetchPage } from '../../src/jobs/work.js';
import { type Key, Keys, type NewKey } from '../../src/keys/keys.js';
import { readPageRequest } from '../../src/parameters/read.js';
import { openStore, type Store } from '../../src/store/store.js';
import { temporaryFolder } from './folder.js';

export interface Bench {
  readonly store: Store;
  readonly keys: Keys;
  readonly jobs: Jobs;
  /** What was logged, by event. */
  readonly logged: Array<{ readonly event: string; readonly facts: object }>;
  key(options: Partial<NewKey> & { name: string }): Promise<Key>;
  /** Ends this one as if its process ended. */
  end(): Promise<void>;
}

export function jobsOn(fetchPage: FetchPage, options: Partial<JobsOptions> & { folder?: string } = {}): Bench {
  const { folder = temporaryFolder(), ...rest } = options;
  const store = openStore({ folder });
  const keys = new Keys({ store: store.keys });
  const session = new Session({ guard: { allow: ['127.0.0.1'] }, breaker: false });
  const logged: Bench['logged'] = [];
  const log = (_level: string, event: string, facts: object) => void logged.push({ event, facts });
  const jobs = new Jobs({ store, keys, fetchPage, session, log, ...rest });
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= (async () => {
      await jobs.close();
      await session.close({ grace: 0 });
      store.close();
    })();
    return ended;
  };
  onTestFinished(end);
  jobs.start();
  const key = async (made: Partial<NewKey> & { name: string }) => keys.identify((await keys.add(made))?.secret);
  return { store, keys, jobs, logged, key, end };
}

export function requestOf(fields: Record<string, unknown> = {}): PageRequest {
  return readPageRequest({ fields: { url: 'http://site.test/', ...fields } }).request;
}

export function urlsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `http://site.test/${index}`);
}

/** A page with this body, as the ladder and the formats would bring it. */
export function pageOf(url: string, text: string | Uint8Array, status = 200): Awaited<ReturnType<FetchPage>> {
  const body = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const contentType = typeof text === 'string' ? 'text/html; charset=utf-8' : 'image/png';
  const headers = [
    ['content-type', contentType],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ] as const;
  const page: Page = {
    fetched: { engine: 'http', status, headers, url, history: [], body, truncated: false, rendered: undefined },
    verdict: { kind: 'page', vendor: undefined, confidence: 1, evidence: [], retry: 'never' },
    attempts: [],
    session: undefined,
    identity: 'chrome-1-linux-1',
    proxy: undefined,
    robots: 'allowed',
  };
  return { page, body, contentType };
}

/** Waits for what is expected to be so; generous, since other tests run beside. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 });
}
