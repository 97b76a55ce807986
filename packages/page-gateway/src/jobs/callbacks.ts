// Posts what became of jobs to where their callers asked for it: signed, through the guard, again and again for a day. What is
// due is kept in the store, so that no end of this process loses a callback.
import { createHmac } from 'node:crypto';
import { BlockedAddressError, type Session } from 'errand';
import type { Delivery, JobRecords } from '../store/job-store.js';
import { Receivers } from './receivers.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the n-th failure; the last one holds for all further ones. */
export const usualDelays: readonly number[] = [
  second,
  5 * second,
  15 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
];
const givenUpAfter = 24 * hour;
/** Where others deliver, too, a callback is left to the one that took it for so long. */
const ourTime = minute;

interface Failure {
  readonly reason: string;
  readonly final: boolean;
}

export interface CallbacksOptions {
  readonly store: JobRecords;
  /** The session that it is posted by, with the guard that holds for targets. */
  readonly session: Session;
  /** What is posted for a job. */
  readonly body: (job: string) => Promise<string>;
  readonly delays: readonly number[];
  /** Whether this process is the one that posts. */
  readonly working: () => boolean;
  readonly now: () => number;
  readonly log: (event: 'callback_delivered' | 'callback_failed' | 'callback_given_up', facts: object) => void;
  readonly failed: (error: unknown) => void;
}

export function signature(body: string, secret: string, now: number): string {
  const t = Math.floor(now / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

export class Callbacks {
  readonly #options: CallbacksOptions;
  readonly #receivers = new Receivers();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CallbacksOptions) {
    this.#options = options;
  }

  /** Posts what is due, and comes back for what will be. */
  wake(): void {
    void this.#wake().catch(this.#options.failed);
  }

  async #wake(): Promise<void> {
    const { working, store } = this.#options;
    if (this.#closing.signal.aborted || !working()) return;
    const deliveries = await store.deliveries();
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    const now = this.#options.now();
    let next = Number.POSITIVE_INFINITY;
    for (const delivery of deliveries) {
      if (this.#underWay.has(delivery.job)) continue;
      if (delivery.due > now) next = Math.min(next, delivery.due);
      else this.#start(delivery);
    }
    // Those that wait for their receiver's turn are looked at again when the one before them has ended.
    if (Number.isFinite(next)) this.#timer = setTimeout(() => this.wake(), Math.min(next - now, hour)).unref();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay.values());
  }

  #start(delivery: Delivery): void {
    const { origin } = new URL(delivery.callback);
    if (!this.#receivers.mayTry(origin)) return;
    this.#receivers.started(origin);
    const over = this.#deliver(delivery, origin)
      .catch(this.#options.failed)
      .finally(() => {
        this.#underWay.delete(delivery.job);
        this.wake();
      });
    this.#underWay.set(delivery.job, over);
  }

  async #deliver(delivery: Delivery, origin: string): Promise<void> {
    const { store, now } = this.#options;
    let told = false;
    try {
      const ours = (await store.take?.(delivery.job, now() + ourTime)) ?? true;
      if (!ours) return;
      const failure = await this.#post(delivery);
      if (this.#closing.signal.aborted && failure) return;
      told = true;
      const isBack = this.#receivers.ended(origin, failure === undefined);
      await this.#note(delivery, origin, failure);
      if (isBack) await this.#hurry(origin);
    } finally {
      if (!told) this.#receivers.left(origin);
    }
  }

  async #note(delivery: Delivery, origin: string, failure: Failure | undefined): Promise<void> {
    const { store, now, log, delays } = this.#options;
    const facts = { job: delivery.job, receiver: origin, tries: delivery.tries + 1 };
    if (failure === undefined) {
      await store.delivered(delivery.job, undefined);
      log('callback_delivered', facts);
      return;
    }
    const due = now() + (delays[delivery.tries] ?? delays.at(-1) ?? hour);
    if (failure.final || due - delivery.since > givenUpAfter) {
      await store.delivered(delivery.job, undefined);
      log('callback_given_up', { ...facts, reason: failure.reason });
    } else {
      await store.delivered(delivery.job, { due, tries: delivery.tries + 1 });
      log('callback_failed', { ...facts, reason: failure.reason, again: new Date(due).toISOString() });
    }
  }

  /** A receiver that is up again gets now what waited for it. */
  async #hurry(origin: string): Promise<void> {
    const { store, now } = this.#options;
    for (const { job, callback, due, tries } of await store.deliveries()) {
      if (due > now() && !this.#underWay.has(job) && new URL(callback).origin === origin)
        await store.delivered(job, { due: now(), tries });
    }
  }

  async #post({ job, callback, secret }: Delivery): Promise<Failure | undefined> {
    const { session, now } = this.#options;
    try {
      const body = await this.#options.body(job);
      const response = await session.post(callback, {
        body,
        headers: { 'content-type': 'application/json', 'x-errand-signature': signature(body, secret, now()) },
        signal: this.#closing.signal,
        timeout: 15 * second,
        maxBodySize: '64kb',
        redirect: 'manual',
        retry: false,
        throwHttpErrors: false,
      });
      if (response.ok) return undefined;
      return { reason: `status ${response.status}`, final: response.status === 410 };
    } catch (error) {
      const final = error instanceof BlockedAddressError;
      return { reason: error instanceof Error ? error.name : 'unknown', final };
    }
  }
}
