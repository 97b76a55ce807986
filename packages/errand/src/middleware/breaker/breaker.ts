// The two ends of the breaker: one leaves alone a host that is down, the other judges hosts by how their requests go. They
// go by failing connections, silence and statuses of 500 and more, never by what a caller, the guard, a proxy or this
// session's own limits did.
import type { Call } from '../../core/call.js';
import type { Handler, Middleware } from '../../core/handler.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { CircuitOpenError, ConnectionError, ProtocolError, ProxyError, TimeoutError } from '../../errors.js';
import type { Circuit, Outcome } from './circuit.js';
import type { Circuits } from './circuits.js';

/** Before the wait for a turn: what is refused here takes neither a slot nor a token. */
export function breaker(circuits: Circuits): Middleware {
  return (next) => (request) => {
    const circuit = circuits.known(request.host);
    if (circuit === undefined || circuit.closed) return next(request);
    if (circuit.probe(request.call, performance.now())) return findOut(circuit, request, next);
    return Promise.reject(refusal(circuit, request));
  };
}

/** Behind the wait for a turn: those who waited while the host went down do not find out one by one. */
export class Referee {
  readonly #circuits: Circuits;

  constructor(circuits: Circuits) {
    this.#circuits = circuits;
  }

  /**
   * What judges the request that is about to go out; undefined where somebody else does.
   * @throws CircuitOpenError where the host has gone down by now.
   */
  begin(request: HttpRequest, now: number): Circuit | undefined {
    const circuit = this.#circuits.of(request.host, now);
    if (circuit.closed) return circuit;
    if (circuit.probedBy(request.call)) return undefined;
    throw refusal(circuit, request);
  }

  answered(circuit: Circuit, status: number, now: number): void {
    circuit.record(judgeStatus(status), now);
  }

  failed(circuit: Circuit, error: unknown, call: Call, now: number): void {
    circuit.record(judgeError(error, call, now), now);
  }
}

function refusal(circuit: Circuit, request: HttpRequest): CircuitOpenError {
  const wait = Math.max(0, Math.ceil(circuit.retryAt - performance.now()));
  return new CircuitOpenError(request.host, new Date(Date.now() + wait));
}

async function findOut(circuit: Circuit, request: HttpRequest, next: Handler): Promise<HttpResponse> {
  let outcome: Outcome = 'unknown';
  try {
    const response = await next(request);
    outcome = judgeStatus(response.status);
    return response;
  } catch (error) {
    outcome = judgeError(error, request.call, performance.now());
    throw error;
  } finally {
    circuit.probed(outcome, performance.now());
  }
}

function judgeStatus(status: number): Outcome {
  return status >= 500 ? 'failure' : 'success';
}

/** What the host answered and we could not use (too large, not decodable) says nothing about whether it is up. */
export function judgeError(error: unknown, call: Call, now: number): Outcome {
  if (error instanceof TimeoutError) return judgeTimeout(error, call, now);
  if (error instanceof ProxyError) return 'unknown';
  return error instanceof ConnectionError || error instanceof ProtocolError ? 'failure' : 'unknown';
}

/** A call's whole time is the host's fault where the host had most of it, and never began to answer. */
function judgeTimeout({ phase, limit }: TimeoutError, call: Call, now: number): Outcome {
  if (phase === 'queue') return 'unknown';
  if (phase !== 'total') return 'failure';
  const { attempt } = call;
  if (attempt?.sentAt === undefined || attempt.headAt !== undefined) return 'unknown';
  return now - attempt.sentAt > limit / 2 ? 'failure' : 'unknown';
}
