// The middleware that begins an attempt and waits for the host's turn. What it took it gives back exactly once: when the
// response is collected, when it failed, or when a streamed body is at its end.
import type { BodySource } from '../../core/body.js';
import type { Call, Cancelable } from '../../core/call.js';
import type { Handler, Middleware } from '../../core/handler.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import type { Attempt } from '../../core/trace.js';
import { ErrandError, TimeoutError } from '../../errors.js';
import { longestDelay } from '../../kit/duration.js';
import { Applicant, type Turn } from './gate.js';
import { type Gates, rateLimited } from './gates.js';
import { readAdvice } from './server-limits.js';

/** Told of requests that must wait. `error`: it left without a turn. */
export interface QueueWatch {
  waits(request: HttpRequest, host: string): void;
  leaves(request: HttpRequest, host: string, error?: ErrandError): void;
}

/** Judges hosts by how their requests go, from the turn to the answer; `J` is what it keeps of one meanwhile. */
export interface HostJudge<J> {
  /** @throws what is to be thrown where nothing is to be sent any more. */
  begin(request: HttpRequest, now: number): J | undefined;
  answered(judged: J, status: number, now: number): void;
  failed(judged: J, error: unknown, call: Call, now: number): void;
}

export function limit<J>(gates: Gates, watch?: QueueWatch, judge?: HostJudge<J>): Middleware {
  return (next) => {
    const way: Way = { gates, watch, judge, next };
    return (request) => {
      const now = performance.now();
      const turn = gates.enter(request.host, now);
      if (turn !== undefined) return proceed(turn, request, way, now);
      return new Promise((resolve) => {
        new Place(way, request, resolve).take(request.host, now);
      });
    };
  };
}

/** What all requests have in common here. */
interface Way {
  readonly gates: Gates;
  readonly watch: QueueWatch | undefined;
  readonly judge: HostJudge<unknown> | undefined;
  readonly next: Handler;
}

/** A request in its host's queue. Tens of thousands may wait: it holds no more than it needs. */
class Place extends Applicant implements Cancelable {
  readonly #way: Way;
  readonly #request: HttpRequest;
  readonly #resolve: (outcome: Promise<HttpResponse>) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(way: Way, request: HttpRequest, resolve: (outcome: Promise<HttpResponse>) => void) {
    super();
    this.#way = way;
    this.#request = request;
    this.#resolve = resolve;
  }

  get lane(): string {
    return this.#request.call.lane ?? '';
  }

  get priority(): number {
    return this.#request.call.priority;
  }

  get deadline(): number {
    return this.#request.call.deadline;
  }

  /** @throws what the gates throw, or what ended the call already. */
  take(host: string, now: number): void {
    const { call } = this.#request;
    call.throwIfOver();
    call.register(this);
    const { queue } = call.policy.timeouts;
    if (queue <= longestDelay) this.#timer = setTimeout(expire, queue, this);
    this.#way.watch?.waits(this.#request, host);
    try {
      this.#way.gates.wait(host, this, now);
    } catch (error) {
      this.#settle(error as ErrandError);
      throw error;
    }
  }

  granted(turn: Turn, now: number): void {
    this.#settle();
    this.#resolve(proceed(turn, this.#request, this.#way, now));
  }

  hopeless(opensAt: number, now: number): void {
    this.#fail(rateLimited(this.#request.host, opensAt, now));
  }

  cancel(error: ErrandError): void {
    this.#way.gates.withdraw(this.#request.host, this);
    this.#fail(error);
  }

  expire(): void {
    this.cancel(new TimeoutError('queue', this.#request.call.policy.timeouts.queue));
  }

  #settle(error?: ErrandError): void {
    clearTimeout(this.#timer);
    this.#request.call.unregister(this);
    this.#way.watch?.leaves(this.#request, this.#request.host, error);
  }

  #fail(error: ErrandError): void {
    this.#settle(error);
    const attempt = this.#request.call.newAttempt(this.#request.url);
    attempt.error = error.code;
    attempt.endedAt = performance.now();
    this.#resolve(Promise.reject(error));
  }
}

function expire(place: Place): void {
  place.expire();
}

async function proceed(turn: Turn, request: HttpRequest, { judge, next }: Way, now: number): Promise<HttpResponse> {
  const { call } = request;
  let held = false;
  let attempt: Attempt | undefined;
  let judged: unknown;
  try {
    call.throwIfOver();
    attempt = call.newAttempt(request.url);
    attempt.queuedAt = now;
    judged = judge?.begin(request, now);
    const response = await next(request);
    if (judged !== undefined) judge?.answered(judged, response.status, attempt.headAt ?? performance.now());
    if (turn.heeds) heed(turn, response);
    if (response.body instanceof Uint8Array) return response;
    held = true;
    return response.with({ body: new HeldBody(response.body, turn, call) });
  } catch (error) {
    if (judged !== undefined) judge?.failed(judged, error, call, performance.now());
    else if (attempt !== undefined && error instanceof ErrandError) attempt.error ??= error.code;
    throw error;
  } finally {
    if (!held) turn.leave(attempt?.endedAt ?? performance.now());
  }
}

/** A call that means to ignore Retry-After is not made to wait for it here. */
function heed(turn: Turn, { status, fields, call }: HttpResponse): void {
  const advice = readAdvice(status, fields);
  if (advice === undefined) return;
  const ignored = advice.pause !== undefined && call.policy.retry?.respectRetryAfter === false;
  const { pause: _, ...window } = advice;
  turn.heed(ignored ? window : advice, performance.now());
}

/** A streamed body that holds its host's slot until it is at its end, closed, or its call is over. */
class HeldBody implements BodySource, Cancelable {
  readonly #source: BodySource;
  readonly #turn: Turn;
  readonly #call: Call;
  #held = true;

  constructor(source: BodySource, turn: Turn, call: Call) {
    this.#source = source;
    this.#turn = turn;
    this.#call = call;
    const attempt = call.attempt as Attempt;
    const told = attempt.onEnded;
    attempt.onEnded = () => {
      told?.();
      this.#giveBack();
    };
    if (call.failure === undefined) call.register(this);
    if (call.failure !== undefined || attempt.endedAt !== undefined) this.#giveBack();
  }

  async pull(): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#source.pull();
      if (piece === undefined) this.#giveBack();
      return piece;
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#source.close();
    this.#giveBack();
  }

  cancel(): void {
    this.#giveBack();
  }

  #giveBack(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#call.unregister(this);
    this.#turn.leave(performance.now());
  }
}
