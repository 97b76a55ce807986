// Exchanges that several calls share. A flight has a call of its own, so that no caller's abort or deadline ends it for the
// others; it is cancelled when the last of them leaves.
import type { ErrandError } from '../errors.js';
import { Call, type Cancelable, type Progress } from './call.js';
import type { Policy } from './policy.js';
import type { HttpRequest } from './request.js';

/** What makes two requests identical: method, URL and every field. */
export function requestKey({ method, url, fields }: HttpRequest): string {
  return `${method} ${url.origin}${url.pathname}${url.search}\n${fields.join('\n')}`;
}

export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** The outcome of the flight under way for `key`; undefined where there is none that this call may share. */
  join(key: string, call: Call): Promise<T> | undefined {
    const flight = this.#flights.get(key);
    return flight !== undefined && isHeldToTheSame(flight.policy, call.policy) ? flight.wait(call) : undefined;
  }

  /** Begins a flight on behalf of the request's call, which others may join until it has landed. */
  lead(key: string, request: HttpRequest, work: (request: HttpRequest) => Promise<T>): Promise<T> {
    const flight = new Flight<T>(request.call, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // One that goes under other rules stays where it is: this one then flies alone.
    if (!this.#flights.has(key)) this.#flights.set(key, flight);
    const outcome = flight.wait(request.call);
    flight.start(request, work);
    return outcome;
  }
}

/** The limits of time are the callers' own, so `total` may differ; whatever shapes the exchange itself may not. */
function isHeldToTheSame(a: Policy, b: Policy): boolean {
  return (
    a === b ||
    (a.guard === b.guard &&
      a.proxy === b.proxy &&
      a.identity === b.identity &&
      a.cookies === b.cookies &&
      a.retry === b.retry &&
      a.maxBodySize === b.maxBodySize &&
      a.timeouts.queue === b.timeouts.queue &&
      a.timeouts.connect === b.timeouts.connect &&
      a.timeouts.headers === b.timeouts.headers &&
      a.timeouts.idle === b.timeouts.idle)
  );
}

class Flight<T> {
  readonly policy: Policy;
  readonly #members = new Set<Member<T>>();
  readonly #call: SharedCall;
  readonly #landed: () => void;

  constructor(leader: Call, landed: () => void) {
    this.policy = leader.policy;
    this.#call = new SharedCall(leader, this.#members);
    this.#landed = landed;
  }

  wait(call: Call): Promise<T> {
    return new Promise((resolve, reject) => {
      call.throwIfOver();
      const member = new Member(call, this, resolve, reject);
      this.#members.add(member);
      call.register(member);
    });
  }

  start(request: HttpRequest, work: (request: HttpRequest) => Promise<T>): void {
    // Where the leader was over before it began, nobody waits and nothing is sent.
    if (this.#members.size === 0) {
      this.#landed();
      return;
    }
    new Promise<T>((resolve) => resolve(work(request.forCall(this.#call)))).then(
      (value) => this.#settle((member) => member.resolve(value)),
      (error) => this.#settle((member) => member.reject(error)),
    );
  }

  leave(member: Member<T>, error: ErrandError): void {
    this.#members.delete(member);
    this.#tell(member.call);
    if (this.#members.size > 0) return;
    this.#landed();
    this.#call.cancel(error);
  }

  #settle(give: (member: Member<T>) => void): void {
    this.#landed();
    for (const member of this.#members) {
      member.call.unregister(member);
      this.#tell(member.call);
      give(member);
    }
    this.#members.clear();
  }

  /** What the flight has been through belongs to each call that it was for. */
  #tell(call: Call): void {
    call.adopt(this.#call.attempts);
    call.cookieChanges += this.#call.cookieChanges;
  }
}

class Member<T> implements Cancelable {
  readonly call: Call;
  readonly #flight: Flight<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;

  constructor(call: Call, flight: Flight<T>, resolve: (value: T) => void, reject: (error: unknown) => void) {
    this.call = call;
    this.#flight = flight;
    this.resolve = resolve;
    this.reject = reject;
  }

  cancel(error: ErrandError): void {
    this.#flight.leave(this, error);
    this.reject(error);
  }
}

/** Never begun: it has neither a timer nor a signal of its own, and its deadline is the latest of those it is for. */
class SharedCall extends Call {
  readonly #members: ReadonlySet<{ readonly call: Call }>;

  constructor(leader: Call, members: ReadonlySet<{ readonly call: Call }>) {
    const { method, url, policy, readings, streaming, lane, priority } = leader;
    const onProgress: Progress = (progress) => {
      for (const { call } of members) call.onProgress?.(progress);
    };
    super({ method, url, policy, readings, streaming, lane, priority, onProgress });
    this.#members = members;
    this.observation = leader.observation;
  }

  override get deadline(): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (const { call } of this.#members) latest = Math.max(latest, call.deadline);
    return latest;
  }
}
