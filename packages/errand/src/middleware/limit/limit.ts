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

/** What all that ask a session's hosts have in common. */
export interface Turnstile {
  readonly gates: Gates;
  readonly watch?: QueueWatch | undefined;
  readonly judge?: HostJudge<unknown> | undefined;
}

export function limit(turnstile: Turnstile): Middleware {
  return (next) => (request) => {
    const now = performance.now();
    const turn = turnstile.gates.enter(request.host, now);
    if (turn !== undefined) return proceed(turn, request, turnstile, next, now);
    return new Promise((resolve) => {
      new QueuedRequest(turnstile, request, resolve, next).take(now);
    });
  };
}

/** A request in its host's queue. Tens of thousands may wait: it holds no more than it needs. */
export abstract class Place extends Applicant implements Cancelable {
  readonly request: HttpRequest;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: HttpRequest) {
    super();
    this.request = request;
  }

  protected abstract get turnstile(): Turnstile;
  /** Its turn has come. */
  protected abstract admitted(turn: Turn, now: number): void;
  /** It has left without a turn. */
  protected abstract refused(error: ErrandError): void;

  get lane(): string {
    return this.request.call.lane ?? '';
  }

  get priority(): number {
    return this.request.call.priority;
  }

  get deadline(): number {
    return this.request.call.deadline;
  }

  /** @throws what the gates throw, or what ended the call already. */
  take(now: number): void {
    const { call, host } = this.request;
    call.throwIfOver();
    call.register(this);
    const { queue } = call.policy.timeouts;
    if (queue <= longestDelay) this.#timer = setTimeout(expire, queue, this);
    this.turnstile.watch?.waits(this.request, host);
    try {
      this.turnstile.gates.wait(host, this, now);
    } catch (error) {
      this.#settle(error as ErrandError);
      throw error;
    }
  }

  granted(turn: Turn, now: number): void {
    this.#settle();
    this.admitted(turn, now);
  }

  hopeless(opensAt: number, now: number): void {
    this.#leave(rateLimited(this.request.host, opensAt, now));
  }

  cancel(error: ErrandError): void {
    this.turnstile.gates.withdraw(this.request.host, this);
    this.#leave(error);
  }

  expire(): void {
    this.cancel(new TimeoutError('queue', this.request.call.policy.timeouts.queue));
  }

  #settle(error?: ErrandError): void {
    clearTimeout(this.#timer);
    this.request.call.unregister(this);
    this.turnstile.watch?.leaves(this.request, this.request.host, error);
  }

  #leave(error: ErrandError): void {
    this.#settle(error);
    const attempt = this.request.call.newAttempt(this.request.url);
    attempt.error = error.code;
    attempt.endedAt = performance.now();
    this.refused(error);
  }
}

function expire(place: Place): void {
  place.expire();
}

/** A request that the middleware keeps waiting. */
class QueuedRequest extends Place {
  protected readonly turnstile: Turnstile;
  readonly #resolve: (outcome: Promise<HttpResponse>) => void;
  readonly #next: Handler;

  constructor(
    turnstile: Turnstile,
    request: HttpRequest,
    resolve: (outcome: Promise<HttpResponse>) => void,
    next: Handler,
  ) {
    super(request);
    this.turnstile = turnstile;
    this.#resolve = resolve;
    this.#next = next;
  }

  protected admitted(turn: Turn, now: number): void {
    this.#resolve(proceed(turn, this.request, this.turnstile, this.#next, now));
  }

  protected refused(error: ErrandError): void {
    this.#resolve(Promise.reject(error));
  }
}

async function proceed(
  turn: Turn,
  request: HttpRequest,
  turnstile: Turnstile,
  next: Handler,
  now: number,
): Promise<HttpResponse> {
  const passage = new Passage(turn, request, turnstile.judge);
  try {
    passage.begin(now);
    return passage.answered(await next(request));
  } catch (error) {
    passage.failed(error);
    throw error;
  }
}

/** One request from its turn to its answer. The turn is given back exactly once, whatever happens. */
export class Passage {
  readonly #turn: Turn;
  readonly #request: HttpRequest;
  readonly #judge: HostJudge<unknown> | undefined;
  #judged: unknown;
  #attempt: Attempt | undefined;
  #over = false;

  constructor(turn: Turn, request: HttpRequest, judge: HostJudge<unknown> | undefined) {
    this.#turn = turn;
    this.#request = request;
    this.#judge = judge;
  }

  /** @throws where nothing is to be sent any more; {@link failed} is due then as well. */
  begin(now: number): void {
    const { call, url } = this.#request;
    call.throwIfOver();
    this.#attempt = call.newAttempt(url);
    this.#attempt.queuedAt = now;
    this.#judged = this.#judge?.begin(this.#request, now);
  }

  /** @returns the response whose body holds the turn for as long as it is read. */
  answered(response: HttpResponse): HttpResponse {
    const turn = this.#turn;
    const now = this.#attempt?.headAt ?? performance.now();
    if (this.#judged !== undefined) this.#judge?.answered(this.#judged, response.status, now);
    if (turn.heeds) heed(turn, response);
    if (response.body instanceof Uint8Array) {
      this.#leave();
      return response;
    }
    const held = response.with({ body: new HeldBody(response.body, turn, this.#request.call) });
    this.#over = true;
    return held;
  }

  failed(error: unknown): void {
    if (this.#over) return;
    const { call } = this.#request;
    if (this.#judged !== undefined) this.#judge?.failed(this.#judged, error, call, performance.now());
    else if (this.#attempt !== undefined && error instanceof ErrandError) this.#attempt.error ??= error.code;
    this.#leave();
  }

  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#turn.leave(this.#attempt?.endedAt ?? performance.now());
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
