// The way of a call that goes by the defaults alone: the same mechanisms in the same order as in the list, without a promise
// between them, so that a request that waits costs little and one that is answered costs less. Whatever is not the usual
// answer goes on by the list, as if it had come that way.
import type { Handler } from '../core/handler.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { isRedirect } from '../core/status.js';
import type { Circuits } from '../middleware/breaker/circuits.js';
import { refusalOf } from '../middleware/guard/guard.js';
import type { Turnstile } from '../middleware/limit/limit.js';
import type { FieldsFor } from '../middleware/redirect/next-request.js';
import { follow } from '../middleware/redirect/redirect.js';
import type { RetryBudgets } from '../middleware/retry/budget.js';
import { count, settleFirst } from '../middleware/retry/retry.js';
import type { Receiver } from '../transport/exchange.js';

export interface ExpressParts {
  readonly turnstile: Turnstile;
  readonly circuits: Circuits | undefined;
  readonly budgets: RetryBudgets;
  readonly fieldsFor: FieldsFor;
  readonly send: (request: HttpRequest, receiver: Receiver) => void;
  /** The list below the redirects, for further hops. */
  readonly hop: Handler;
  /** The list below the retries, for further attempts. */
  readonly attempt: Handler;
}

export class Express {
  readonly turnstile: Turnstile;
  readonly send: (request: HttpRequest, receiver: Receiver) => void;
  readonly #parts: ExpressParts;

  constructor(parts: ExpressParts) {
    this.#parts = parts;
    this.turnstile = parts.turnstile;
    this.send = parts.send;
  }

  /**
   * What comes before the wait for a turn. False where the list has to decide.
   * @throws BlockedAddressError
   */
  begin(request: HttpRequest): boolean {
    const refused = refusalOf(request);
    if (refused !== undefined) throw refused;
    if (this.#parts.circuits?.known(request.host)?.closed === false) return false;
    count(request, this.#parts.budgets, request.call.startedAt);
    return true;
  }

  /**
   * What comes behind the first attempt.
   * @param outcome a response, or what the attempt failed with.
   * @throws the outcome, where it is an error and not tried again.
   */
  settle(outcome: unknown, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { attempt, budgets } = this.#parts;
    // No answer to a request that went this way alone has changed a cookie.
    const settled = settleFirst(outcome, 0, request, attempt, budgets);
    if (request.call.policy.redirect.mode === 'manual') return settled;
    if (settled instanceof Promise) return settled.then((response) => this.#follow(response, request));
    return this.#follow(settled, request);
  }

  #follow(response: HttpResponse, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    if (!isRedirect(response.status)) return response;
    return follow(response, request, 0, this.#parts.hop, this.#parts.fieldsFor);
  }
}
