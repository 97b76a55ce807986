// Every call for a page while it is under way, and the last ones that ended: for metrics, the dashboard and an orderly end.
// It keeps nothing secret: targets are as they may be shown.
import { showUrl } from 'errand';
import type { Attempt } from '../core/attempt.js';
import type { PageRequest } from '../core/page-request.js';

export interface CallReport {
  readonly id: string;
  /** The name of the key. */
  readonly key: string;
  readonly method: string;
  /** Without credentials; secret query values are `***`. */
  readonly url: string;
  readonly host: string;
  readonly began: number;
  readonly attempts: readonly Attempt[];
  /** `undefined` while it is under way. */
  readonly ended: { readonly ms: number; readonly cache: 'hit' | 'miss'; readonly code: string } | undefined;
}

export type CallEvent = {
  readonly kind: 'begun' | 'tried' | 'ended';
  readonly call: CallReport;
  readonly attempt?: Attempt;
};
export type CallListener = (event: CallEvent) => void;

/** Told of one call, step by step. */
export interface CallEntry {
  tried(attempt: Attempt): void;
  /** @param how.code The problem's, or `gone` where the caller left. Default `ok`. */
  ended(how: { cache?: 'hit' | 'miss'; code?: string }): void;
}

const remembered = 200;

export class Calls {
  readonly #underWay = new Map<object, CallReport>();
  readonly #last: CallReport[] = [];
  readonly #listeners = new Set<CallListener>();

  begin({ id, key, request }: { id: string; key: string; request: PageRequest }): CallEntry {
    const target = new URL(request.url);
    let call: CallReport = {
      id,
      key,
      method: request.method,
      url: showUrl(target),
      host: target.host,
      began: Date.now(),
      attempts: [],
      ended: undefined,
    };
    const start = performance.now();
    const own = {};
    const keep = (change: Partial<CallReport>) => {
      call = { ...call, ...change };
      this.#underWay.set(own, call);
    };
    keep({});
    this.#tell({ kind: 'begun', call });
    return {
      tried: (attempt) => {
        if (call.ended) return;
        keep({ attempts: [...call.attempts, attempt] });
        this.#tell({ kind: 'tried', call, attempt });
      },
      ended: ({ cache = 'miss', code = 'ok' }) => {
        if (call.ended) return;
        const ms = Math.round(performance.now() - start);
        call = { ...call, ended: { ms, cache, code } };
        this.#underWay.delete(own);
        if (this.#last.push(call) > remembered) this.#last.shift();
        this.#tell({ kind: 'ended', call });
      },
    };
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  /** Those under way and the last ones that ended, the oldest first. */
  recent(): readonly CallReport[] {
    return [...this.#last, ...this.#underWay.values()];
  }

  /** @returns ends the listening. */
  listen(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: CallEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
