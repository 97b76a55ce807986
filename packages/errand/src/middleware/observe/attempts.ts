// The innermost middleware: what is really sent, and how it went. A streamed answer is over when its body is.
import type { Handler, Middleware } from '../../core/handler.js';
import { showUrl } from '../../core/redact.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { type Attempt, readTrace } from '../../core/trace.js';
import { type AttemptFacts, type AttemptOutcome, channels, errorFacts } from './channels.js';
import type { Observation } from './observe.js';

export const watchAttempts: Middleware = (next) => (request) => {
  const { observation } = request.call;
  return observation === undefined ? next(request) : watched(next, request, observation as Observation);
};

async function watched(next: Handler, request: HttpRequest, observation: Observation): Promise<HttpResponse> {
  const { call } = request;
  const attempt = call.attempt ?? call.newAttempt(request.url);
  const resent = observation.sent++;
  const span = observation.telemetry?.begin(request, observation.surroundings, resent);
  const watch = new Watch(request, attempt, observation, resent + 1);
  watch.begin();
  try {
    const response = await (span === undefined ? next(request) : span.send(next));
    const { status } = response;
    if (response.body instanceof Uint8Array || attempt.endedAt !== undefined) {
      watch.end();
      span?.end(attempt, status);
    } else {
      const told = attempt.onEnded;
      attempt.onEnded = () => {
        told?.();
        const { error } = attempt;
        watch.end(error === undefined ? undefined : { name: 'ErrandError', code: error, message: brokenBody });
        span?.end(attempt, status, error);
      };
    }
    return response;
  } catch (error) {
    const facts = errorFacts(error);
    watch.end(facts);
    span?.end(attempt, attempt.status, facts.code ?? facts.name);
    throw error;
  }
}

const brokenBody = 'the body ended early';

class Watch {
  readonly #request: HttpRequest;
  readonly #attempt: Attempt;
  readonly #observation: Observation;
  readonly #number: number;

  constructor(request: HttpRequest, attempt: Attempt, observation: Observation, number: number) {
    this.#request = request;
    this.#attempt = attempt;
    this.#observation = observation;
    this.#number = number;
  }

  begin(): void {
    if (channels.attemptStart.hasSubscribers) channels.attemptStart.publish(this.#facts());
  }

  end(error?: ReturnType<typeof errorFacts>): void {
    if (error !== undefined) {
      if (channels.attemptError.hasSubscribers) channels.attemptError.publish({ ...this.#outcome(), error });
    } else if (channels.attemptEnd.hasSubscribers) {
      channels.attemptEnd.publish(this.#outcome());
    }
  }

  #facts(): AttemptFacts {
    const { method, url, call } = this.#request;
    const facts = { id: this.#observation.id, attempt: this.#number, method, url: showUrl(url) };
    return call.lane === undefined ? facts : { ...facts, lane: call.lane };
  }

  #outcome(): AttemptOutcome {
    const { startedAt } = this.#request.call;
    const [outcome] = readTrace(startedAt, [this.#attempt], performance.now()).attempts;
    return { ...this.#facts(), ...(outcome as AttemptOutcome) };
  }
}
