// What is kept of a call while somebody watches it: listeners of the channels, OpenTelemetry, the debug log. Where nobody
// does, nothing is kept and nothing is made.
import type { Call } from '../../core/call.js';
import { showUrl } from '../../core/redact.js';
import { channels, errorFacts, listenedTo, type RequestFacts, type RequestOutcome } from './channels.js';
import { debugging, logEnd } from './debug-log.js';
import { openTelemetry, type Surroundings, type Telemetry } from './telemetry.js';
import type { ConnectionCensus } from './telemetry-metrics.js';

let lastId = 0;

export class Observation {
  readonly id = ++lastId;
  readonly telemetry: Telemetry | undefined;
  /** What was active where the call was made: its attempts may begin anywhere. */
  readonly surroundings: Surroundings | undefined;
  /** Requests sent on behalf of the call. */
  sent = 0;

  constructor(telemetry: Telemetry | undefined) {
    this.telemetry = telemetry;
    this.surroundings = telemetry?.surroundings();
  }
}

/** Begins to watch a call, where anybody wants to know. */
export function observe(call: Call, census: ConnectionCensus): void {
  const telemetry = openTelemetry();
  if (telemetry === undefined && !debugging() && !listenedTo()) return;
  telemetry?.count(census);
  const observation = new Observation(telemetry);
  call.observation = observation;
  if (channels.requestStart.hasSubscribers) channels.requestStart.publish(requestFacts(call, observation));
}

/** The call is over: with a response, or with the error that its caller gets. */
export function observeEnd(call: Call, status: number | undefined, fromCache: boolean, error?: unknown): void {
  const observation = call.observation as Observation;
  if (error !== undefined) {
    if (channels.requestError.hasSubscribers)
      channels.requestError.publish({ ...outcomeOf(call, observation), error: errorFacts(error) });
  } else if (channels.requestEnd.hasSubscribers) {
    channels.requestEnd.publish({ ...outcomeOf(call, observation), status, fromCache });
  }
  if (debugging()) logEnd(call, status, fromCache, error);
}

export function requestFacts(call: Call, observation: Observation): RequestFacts {
  const facts = { id: observation.id, method: call.method, url: showUrl(call.url) };
  return call.lane === undefined ? facts : { ...facts, lane: call.lane };
}

function outcomeOf(call: Call, observation: Observation): RequestOutcome {
  const trace = call.trace();
  return { ...requestFacts(call, observation), attempts: trace.attempts.length, elapsed: trace.elapsed, trace };
}
