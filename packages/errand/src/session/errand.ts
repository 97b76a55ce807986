// One errand of a session: a call on its way through the list, from its begin to the moment when its caller has an outcome
// and nothing of it is left.
import type { BodySource } from '../core/body.js';
import type { Call, CallKeeper } from '../core/call.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { ErrandError, HttpError } from '../errors.js';
import type { Turn } from '../middleware/limit/gate.js';
import { Passage, Place, type Turnstile } from '../middleware/limit/limit.js';
import { observe, observeEnd } from '../middleware/observe/observe.js';
import type { Receiver } from '../transport/exchange.js';
import type { Express } from './express.js';
import type { Foundation } from './foundation.js';
import type { Way } from './pipeline.js';

export class Errand extends Place implements CallKeeper, Receiver {
  readonly #foundation: Foundation;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: unknown) => void;
  #express: Express | undefined;
  #passage: Passage | undefined;

  constructor(
    request: HttpRequest,
    foundation: Foundation,
    owner: unknown,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    super(request);
    this.#foundation = foundation;
    this.#resolve = resolve;
    this.#reject = reject;
    request.call.owner = owner;
  }

  /** Settles exactly once: with the outcome of its way, or at once when the call is over. */
  run({ handler, express }: Way): void {
    const { call } = this.request;
    this.#foundation.counters.requests++;
    observe(call, this.#foundation);
    this.#foundation.drain.enter(call);
    call.keeper = this;
    call.begin();
    if (this.#told) return;
    try {
      if (express === undefined || call.streaming || call.observation !== undefined || !express.begin(this.request))
        this.#await(handler(this.request));
      else this.#goExpress(express);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Whether its caller has an outcome: the call then has another keeper, or none. */
  get #told(): boolean {
    return this.request.call.keeper !== this;
  }

  #await(outcome: Promise<HttpResponse>): void {
    outcome.then(
      (response) => this.#succeed(response),
      (error) => this.#fail(error),
    );
  }

  // ── The express way

  #goExpress(express: Express): void {
    this.#express = express;
    const now = performance.now();
    const turn = express.turnstile.gates.enter(this.request.host, now);
    if (turn === undefined) this.take(now);
    else this.#send(turn, now);
  }

  protected get turnstile(): Turnstile {
    return (this.#express as Express).turnstile;
  }

  protected admitted(turn: Turn, now: number): void {
    // Turns come free while answers are being parsed: only after that is it known which connections live on.
    queueMicrotask(() => this.#send(turn, now));
  }

  #send(turn: Turn, now: number): void {
    const { turnstile, send } = this.#express as Express;
    this.#passage = new Passage(turn, this.request, turnstile.judge);
    try {
      this.#passage.begin(now);
    } catch (error) {
      this.#failedAttempt(error);
      return;
    }
    send(this.request, this);
  }

  received(response: HttpResponse | Promise<HttpResponse>): void {
    if (response instanceof Promise) {
      response.then(
        (whole) => this.received(whole),
        (error) => this.#failedAttempt(error),
      );
      return;
    }
    this.#consider((this.#passage as Passage).answered(response));
  }

  #failedAttempt(error: unknown): void {
    this.#passage?.failed(error);
    this.#consider(error);
  }

  protected refused(error: ErrandError): void {
    this.#consider(error);
  }

  #consider(outcome: unknown): void {
    if (this.#told) return;
    try {
      const settled = (this.#express as Express).settle(outcome, this.request);
      if (settled instanceof Promise) this.#await(settled);
      else this.#succeed(settled);
    } catch (error) {
      this.#fail(error);
    }
  }

  // ── The end

  /** Told by the call when it is over, and by the transport when the attempt is. */
  failed(error: unknown): void {
    const { failure } = this.request.call;
    if (failure === undefined && this.#passage !== undefined) this.#failedAttempt(error);
    else {
      this.#passage?.failed(error);
      this.#fail(error);
    }
  }

  #succeed(response: HttpResponse): void {
    const { call } = this.request;
    if (this.#told) {
      void response[Symbol.asyncDispose]();
      return;
    }
    if (call.policy.throwHttpErrors && response.status >= 400) {
      void response[Symbol.asyncDispose]();
      this.#fail(new HttpError(response));
      return;
    }
    this.#foundation.counters.succeeded++;
    if (!call.streaming) {
      this.#end(response);
      this.#resolve(response);
      return;
    }
    const body = new CallBody(response.body, call, (error) => this.#end(response, error));
    this.#resolve(response.with({ body }));
  }

  #fail(error: unknown): void {
    if (this.#told) return;
    this.#foundation.counters.failed++;
    const told = error instanceof ErrandError ? this.request.call.describe(error) : error;
    this.#end(undefined, told ?? new Error('the call was rejected without an error'));
    this.#reject(told);
  }

  #end(response: HttpResponse | undefined, error?: unknown): void {
    const { call } = this.request;
    call.keeper = undefined;
    call.end();
    this.#foundation.drain.leave(call);
    if (call.observation !== undefined) observeEnd(call, response?.status, response?.fromCache ?? false, error);
  }
}

/** The body of a streaming call: the call lasts as long as it does. */
class CallBody implements BodySource, CallKeeper {
  readonly #source: BodySource | undefined;
  readonly #call: Call;
  #rest: Uint8Array | undefined;
  #end: ((error?: unknown) => void) | undefined;

  constructor(body: Uint8Array | BodySource, call: Call, end: (error?: unknown) => void) {
    this.#call = call;
    this.#end = end;
    call.keeper = this;
    if (body instanceof Uint8Array) {
      this.#source = undefined;
      this.#rest = body.length === 0 ? undefined : body;
    } else {
      this.#source = body;
    }
  }

  failed(error: ErrandError): void {
    this.#over(this.#call.describe(error));
  }

  async pull(): Promise<Uint8Array | undefined> {
    const { failure } = this.#call;
    if (failure !== undefined) throw this.#call.describe(failure);
    try {
      const piece = this.#source === undefined ? this.#rest : await this.#source.pull();
      this.#rest = undefined;
      if (piece === undefined) this.#over();
      return piece;
    } catch (error) {
      const told = error instanceof ErrandError ? this.#call.describe(error) : error;
      this.#over(told);
      throw told;
    }
  }

  async close(): Promise<void> {
    this.#rest = undefined;
    await this.#source?.close();
    this.#over();
  }

  #over(error?: unknown): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(error);
  }
}
