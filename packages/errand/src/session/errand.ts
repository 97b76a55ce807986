// One errand of a session: a call on its way through the list, from its begin to the moment when its caller has an outcome
// and nothing of it is left.
import type { BodySource } from '../core/body.js';
import type { Call } from '../core/call.js';
import type { Handler } from '../core/handler.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { ErrandError, HttpError } from '../errors.js';
import { observe, observeEnd } from '../middleware/observe/observe.js';
import type { Foundation } from './foundation.js';

export class Errand {
  readonly #request: HttpRequest;
  readonly #foundation: Foundation;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: unknown) => void;
  #settled = false;

  constructor(
    request: HttpRequest,
    foundation: Foundation,
    owner: unknown,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#foundation = foundation;
    this.#resolve = resolve;
    this.#reject = reject;
    request.call.owner = owner;
  }

  /** Settles exactly once: with the handler's outcome, or at once when the call is over. */
  run(handler: Handler): void {
    const { call } = this.#request;
    this.#foundation.counters.requests++;
    observe(call, this.#foundation);
    this.#foundation.drain.enter(call);
    call.onFailure = (error) => this.#fail(error);
    call.begin();
    if (this.#settled) return;
    let outcome: Promise<HttpResponse>;
    try {
      outcome = handler(this.#request);
    } catch (error) {
      this.#fail(error);
      return;
    }
    outcome.then(
      (response) => this.#succeed(response),
      (error) => this.#fail(error),
    );
  }

  #succeed(response: HttpResponse): void {
    const { call } = this.#request;
    if (this.#settled) {
      void response[Symbol.asyncDispose]();
      return;
    }
    if (call.policy.throwHttpErrors && response.status >= 400) {
      void response[Symbol.asyncDispose]();
      this.#fail(new HttpError(response));
      return;
    }
    this.#settled = true;
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
    if (this.#settled) return;
    this.#settled = true;
    this.#foundation.counters.failed++;
    const told = error instanceof ErrandError ? this.#request.call.describe(error) : error;
    this.#end(undefined, told ?? new Error('the call was rejected without an error'));
    this.#reject(told);
  }

  #end(response: HttpResponse | undefined, error?: unknown): void {
    const { call } = this.#request;
    call.onFailure = undefined;
    call.end();
    this.#foundation.drain.leave(call);
    if (call.observation !== undefined) observeEnd(call, response?.status, response?.fromCache ?? false, error);
  }
}

/** The body of a streaming call: the call lasts as long as it does. */
class CallBody implements BodySource {
  readonly #source: BodySource | undefined;
  readonly #call: Call;
  #rest: Uint8Array | undefined;
  #end: ((error?: unknown) => void) | undefined;

  constructor(body: Uint8Array | BodySource, call: Call, end: (error?: unknown) => void) {
    this.#call = call;
    this.#end = end;
    call.onFailure = (error) => this.#over(call.describe(error));
    if (body instanceof Uint8Array) {
      this.#source = undefined;
      this.#rest = body.length === 0 ? undefined : body;
    } else {
      this.#source = body;
    }
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
