// What Prometheus asks for, in a registry of the service's own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Parts } from './parts.js';

export interface Metrics {
  readonly registry: Registry;
  answered(route: string, status: number, code: string, seconds: number): void;
  close(): void;
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function makeMetrics({ calls, waiting, shared }: Pick<Parts, 'calls' | 'waiting' | 'shared'>): Metrics {
  const registers = [new Registry()];
  const requests = new Counter({
    name: 'page_gateway_requests_total',
    help: 'Requests that were answered, by route, status and code of the problem (ok where there was none).',
    labelNames: ['route', 'status', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'page_gateway_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, by route.',
    labelNames: ['route'],
    buckets,
    registers,
  });
  const attempts = new Counter({
    name: 'page_gateway_attempts_total',
    help: 'Tries at targets, by engine and verdict.',
    labelNames: ['engine', 'verdict'],
    registers,
  });
  const tries = new Histogram({
    name: 'page_gateway_attempt_duration_seconds',
    help: 'One try at a target, by engine.',
    labelNames: ['engine'],
    buckets,
    registers,
  });
  const pages = new Counter({
    name: 'page_gateway_pages_total',
    help: 'Calls for pages that ended, from whatever side, by code and cache.',
    labelNames: ['code', 'cache'],
    registers,
  });
  const stop = calls.listen(({ kind, call, attempt }) => {
    if (attempt) {
      attempts.inc({ engine: attempt.engine, verdict: attempt.verdict });
      tries.observe({ engine: attempt.engine }, attempt.ms / 1000);
    }
    if (kind === 'ended' && call.ended) pages.inc({ code: call.ended.code, cache: call.ended.cache });
  });
  const delay = gauges({ calls, waiting, shared }, registers);
  return {
    registry: registers[0]!,
    answered: (route, status, code, seconds) => {
      requests.inc({ route, status, code });
      durations.observe({ route }, seconds);
    },
    close: () => {
      stop();
      delay.disable();
    },
  };
}

function gauges({ calls, waiting, shared }: Pick<Parts, 'calls' | 'waiting' | 'shared'>, registers: Registry[]) {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const gauge = (name: string, help: string, read: () => number) => {
    new Gauge({
      name: `page_gateway_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('in_flight', 'Calls for pages under way.', () => calls.inFlight);
  gauge('waiting_for_host', 'Calls that wait for their turn at a host.', () => waiting().hosts);
  gauge('waiting_for_browser', 'Calls that wait for the browser.', () => waiting().browser);
  if (shared)
    gauge('redis_reachable', '1 while the Redis that gateways share answers, else 0.', () => Number(shared.reachable));
  gauge('resident_memory_bytes', 'Memory of the process, without browsers.', () => process.memoryUsage.rss());
  gauge('event_loop_delay_seconds', 'The 99th percentile since the last scrape.', () => {
    const seconds = delay.percentile(99) / 1e9;
    delay.reset();
    return Number.isFinite(seconds) ? seconds : 0;
  });
  return delay;
}
