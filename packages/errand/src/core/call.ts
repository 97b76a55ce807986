// One call of a session's method from its first moment to its last: its deadline, its caller's signal, its trace, and the
// one place that can end it early. Whoever waits on its behalf registers here and is told, at once, when it is over.
import { AbortError, type CallFacts, type ErrandError, TimeoutError } from '../errors.js';
import { type AbortFollower, follow, unfollow } from '../kit/abort-signals.js';
import { longestDelay } from '../kit/duration.js';
import type { Linked } from '../kit/linked-list.js';
import { withFacts } from './facts.js';
import type { Policy } from './policy.js';
import { showUrl } from './redact.js';
import type { Readings } from './response.js';
import { Attempt, type RequestTrace, readTrace } from './trace.js';

/** Something under way on behalf of a call: a place in a queue, a connection, an exchange, a delay. */
export interface Cancelable {
  /** The call is over: let go of everything and settle with `error`. Called at most once, never while it is not registered. */
  cancel(error: ErrandError): void;
}

/** Whoever answers for a call to its caller. */
export interface CallKeeper {
  failed(error: ErrandError): void;
}

export interface Hop {
  readonly url: string;
  readonly status: number;
}

export type Progress = (progress: { direction: 'up' | 'down'; bytes: number; total: number | undefined }) => void;

/** What a call is made of. */
export interface CallInit {
  readonly method: string;
  readonly url: URL;
  readonly policy: Policy;
  readonly readings: Readings;
  readonly streaming: boolean;
  readonly lane?: string | undefined;
  readonly priority?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

export class Call implements AbortFollower, Linked<Call> {
  previous: Call | undefined;
  next: Call | undefined;
  readonly method: string;
  readonly url: URL;
  readonly policy: Policy;
  readonly readings: Readings;
  /** The body is handed to the caller as it comes, instead of being collected. */
  readonly streaming: boolean;
  readonly lane: string | undefined;
  readonly priority: number;
  readonly onProgress: Progress | undefined;
  readonly startedAt = performance.now();
  /** The session that it was made on. */
  owner: unknown;
  /** Told when the call is ended early, after everybody who waited on its behalf. */
  keeper: CallKeeper | undefined;
  /** What those who watch this call keep of it; undefined where nobody does. Nobody else looks at it. */
  observation: object | undefined;
  /** Goes up whenever an answer to this call changed a cookie: what was asked before may then be answered otherwise. */
  cookieChanges = 0;
  #attempts: Attempt[] | undefined;
  #hops: Hop[] | undefined;
  #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One of them, as a rule. */
  #waiting: Cancelable | Set<Cancelable> | undefined;
  #failure: ErrandError | undefined;
  /** For how many reasons it listens: it goes on, or there is work after it. */
  #reasons = 1;
  #controller: AbortController | undefined;

  constructor(init: CallInit) {
    this.method = init.method;
    this.url = init.url;
    this.policy = init.policy;
    this.readings = init.readings;
    this.streaming = init.streaming;
    this.lane = init.lane;
    this.priority = init.priority ?? 0;
    this.onProgress = init.onProgress;
    this.#signal = init.signal;
  }

  /** Listens to the caller's signal. Its deadline is kept by whoever keeps the calls under way. */
  begin(): void {
    this.#follow();
  }

  /** Lets go of the deadline and the signal. A streaming call ends when its body does. */
  end(): void {
    if (--this.#reasons === 0) this.#letGo();
  }

  /**
   * Listens again for work that comes after the response, until as many {@link pause}s: to the signal and, where it has
   * not passed yet, to the deadline.
   * @throws what ended the call, where it is over.
   */
  resume(): void {
    this.throwIfOver();
    if (this.#reasons === 0) {
      const left = this.deadline - performance.now();
      this.#listen(left > 0 ? left : Number.POSITIVE_INFINITY);
      this.throwIfOver();
    }
    this.#reasons++;
  }

  pause(): void {
    if (--this.#reasons === 0) this.#letGo();
  }

  #listen(limit: number): void {
    if (limit <= longestDelay) this.#timer = setTimeout(expire, limit, this);
    this.#follow();
  }

  #follow(): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    if (signal.aborted) this.cancel(new AbortError(signal.reason));
    else follow(signal, this);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    if (this.#signal !== undefined) unfollow(this.#signal, this);
  }

  /** When the call must be over, as a `performance.now()` reading; Infinity where it has no limit. */
  get deadline(): number {
    return this.startedAt + this.policy.timeouts.total;
  }

  /** Why the call is over, while what was under way for it is still letting go; undefined while it goes on. */
  get failure(): ErrandError | undefined {
    return this.#failure;
  }

  /** @throws what ended the call, where it is over. */
  throwIfOver(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** From now until {@link unregister}, `waiting` is told when the call is ended early. The call must not be over yet. */
  register(waiting: Cancelable): void {
    if (this.#waiting === undefined) this.#waiting = waiting;
    else if (this.#waiting instanceof Set) this.#waiting.add(waiting);
    else this.#waiting = new Set([this.#waiting, waiting]);
  }

  unregister(waiting: Cancelable): void {
    if (this.#waiting === waiting) this.#waiting = undefined;
    else if (this.#waiting instanceof Set) this.#waiting.delete(waiting);
  }

  /** Ends the call early: the first reason counts. */
  cancel(error: ErrandError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#controller?.abort(error);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting instanceof Set) for (const each of waiting) each.cancel(error);
    else waiting?.cancel(error);
    this.keeper?.failed(error);
  }

  /** The call's time is up. */
  expire(): void {
    this.cancel(new TimeoutError('total', this.policy.timeouts.total));
  }

  aborted(reason: unknown): void {
    this.cancel(new AbortError(reason));
  }

  /** A signal that is aborted when the call is over, for code that knows no calls. Made when first asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#failure !== undefined) this.#controller.abort(this.#failure);
    }
    return this.#controller.signal;
  }

  /** Resolves after `delay` milliseconds, or rejects when the call is over. */
  sleep(delay: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.throwIfOver();
      const waiting: Cancelable = {
        cancel(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.unregister(waiting);
        resolve();
      }, delay);
      this.register(waiting);
    });
  }

  /** The promise's outcome, or the call's end if that comes first; the promise itself goes on. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Cancelable = { cancel: reject };
      // Also where the call is over already: nobody else may listen to what the promise comes to.
      promise.then(
        (value) => {
          this.unregister(waiting);
          resolve(value);
        },
        (error) => {
          this.unregister(waiting);
          reject(error);
        },
      );
      this.throwIfOver();
      this.register(waiting);
    });
  }

  /** Begins an attempt; the latest one is where the transport writes what happens. */
  newAttempt(url: URL): Attempt {
    const attempt = new Attempt(url);
    // A call that waits has none: tens of thousands may wait.
    if (this.#attempts === undefined) this.#attempts = [attempt];
    else this.#attempts.push(attempt);
    return attempt;
  }

  /** Attempts that were made for this call and others. */
  adopt(attempts: readonly Attempt[]): void {
    this.#attempts = [...this.attempts, ...attempts];
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts ?? noAttempts;
  }

  get attempt(): Attempt | undefined {
    return this.#attempts?.[this.#attempts.length - 1];
  }

  /** The redirects that were followed. */
  get hops(): readonly Hop[] {
    return this.#hops ?? noHops;
  }

  addHop(hop: Hop): void {
    this.#hops ??= [];
    this.#hops.push(hop);
  }

  facts(): CallFacts {
    return {
      method: this.method,
      url: showUrl(this.url),
      attempts: this.attempts.length,
      elapsed: Math.round(performance.now() - this.startedAt),
    };
  }

  /** The error as the caller gets it. */
  describe<E extends ErrandError>(error: E): E {
    return withFacts(error, this.facts(), this.trace());
  }

  trace(endedAt = performance.now()): RequestTrace {
    return readTrace(this.startedAt, this.attempts, endedAt);
  }
}

function expire(call: Call): void {
  call.expire();
}

const noAttempts: readonly Attempt[] = [];
const noHops: readonly Hop[] = [];
