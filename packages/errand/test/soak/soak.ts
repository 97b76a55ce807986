// The soak: many errands at once, of all kinds, over good ways and bad ones, by a schedule that its seed repeats. It ends
// with nothing left: no promise, no socket, no timer, no count.
import { setImmediate as turn } from 'node:timers/promises';
import { Session } from 'errand';
import { type Fault, FaultProxy } from '../support/fault-proxy.js';
import { type Outcome, type Place, type Random, runErrand } from './errands.js';
import { Origin } from './origin.js';

export interface SoakResult {
  readonly requests: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly violations: readonly string[];
  /** What the sessions still counted when all was done; all zero. */
  readonly left: Readonly<Record<string, number>>;
  /** Requests a second. */
  readonly rate: number;
  /** Bytes of heap in use after each tenth, collected where the process lets us. */
  readonly heap: readonly number[];
}

/** A generator of numbers below 1 that a seed repeats (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What happens to the next connection of the bad way. */
function nextFault(random: Random): Fault {
  const bytes = Math.floor(random() ** 3 * 40_000);
  const faults: Fault[] = [
    { split: 1 + Math.floor(random() * 600) },
    { gather: 1 + Math.floor(random() * 5) },
    { latency: Math.floor(random() * 6) },
    { bandwidth: 100 + random() * 2_000, split: 8_192 },
    { resetAfter: bytes },
    { endAfter: bytes },
    random() < 0.1 ? { silentAfter: bytes } : {},
    { resetAfter: bytes, split: 200 },
    random() < 0.1 ? { blackhole: true } : {},
  ];
  return faults[Math.floor(random() * faults.length)] as Fault;
}

/** @param width Errands at once. */
export async function soak(requests: number, seed: number, width = 24): Promise<SoakResult> {
  const random = seeded(seed);
  await using origin = await Origin.start();
  await using proxy = await FaultProxy.to(origin.port, () => nextFault(random));
  const good = { url: `http://127.0.0.1:${origin.port}`, faulty: false };
  const bad = { url: `http://127.0.0.1:${proxy.port}`, faulty: true };
  const outcomes: Partial<Record<Outcome, number>> = {};
  const violations: string[] = [];
  const left = { inFlight: 0, queued: 0, open: 0, sockets: 0, unhandled: 0 };
  const onUnhandled = () => left.unhandled++;
  process.on('unhandledRejection', onUnhandled);
  const heap: number[] = [];
  const started = performance.now();
  let session = newSession();
  let hasty = session.extend({ timeout: hurry });
  const closing: Promise<void>[] = [];
  let next = 0;
  const lane = async () => {
    while (next < requests && violations.length < 10) {
      const id = next++;
      if (id % Math.ceil(requests / 10) === 0) heap.push(heapInUse());
      if (id > 0 && id % 250 === 0) {
        closing.push(closed(session, left, random() < 0.5 ? 0 : 20));
        session = newSession();
        hasty = session.extend({ timeout: hurry });
      }
      const place: Place = random() < 0.6 ? good : bad;
      await runErrand(place.faulty ? hasty : session, place, id, seeded(seed + id)).then(
        (outcome) => {
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        },
        (violation: Error) => violations.push(violation.message),
      );
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  const { inFlight, queued } = session.stats();
  left.inFlight += inFlight;
  left.queued += queued;
  closing.push(closed(session, left, 0));
  await Promise.all(closing);
  const rate = requests / ((performance.now() - started) / 1_000);
  // The other ends hear of it a little later.
  for (let tries = 0; tries < 2_000 && origin.open + proxy.open > 0; tries++) await turn();
  left.sockets = origin.open + proxy.open;
  process.off('unhandledRejection', onUnhandled);
  return { requests, outcomes, violations, left, rate, heap };
}

/** Limits for the bad way: silence is over soon. */
const hurry = { total: 2_000, connect: 400, headers: 400, idle: 400 };

function newSession(): Session {
  return new Session({
    guard: { allow: ['127.0.0.1'] },
    limits: { '*': { concurrency: 12 } },
    maxConnections: 20,
    timeout: { total: 20_000, connect: 10_000, headers: 10_000, idle: 10_000 },
    retry: { attempts: 2, backoff: { base: 1, max: 5 } },
    breaker: { minimumRequests: 100, failureRate: 0.95, openFor: 10 },
  });
}

async function closed(session: Session, left: Record<string, number>, grace: number): Promise<void> {
  await session.close({ grace });
  const { inFlight, queued, connections } = session.stats();
  left.inFlight = (left.inFlight ?? 0) + inFlight;
  left.queued = (left.queued ?? 0) + queued;
  left.open = (left.open ?? 0) + connections.open;
}

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
