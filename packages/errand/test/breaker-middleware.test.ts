// The breaker around a scripted handler: by what hosts are judged, and what happens while one is down.
import { describe, expect, it } from 'vitest';
import { compose, type Middleware } from '../src/core/handler.js';
import type { Attempt } from '../src/core/trace.js';
import {
  AbortError,
  BlockedAddressError,
  BodyTooLargeError,
  CircuitOpenError,
  ConnectError,
  DecodeError,
  DisconnectedError,
  DnsError,
  ProtocolError,
  ProxyError,
  QueueFullError,
  RateLimitError,
  SessionClosedError,
  TimeoutError,
  TlsError,
} from '../src/errors.js';
import { breaker, judgeError, Referee } from '../src/middleware/breaker/breaker.js';
import { Circuits } from '../src/middleware/breaker/circuits.js';
import { LocalGates } from '../src/middleware/limit/gates.js';
import { limit } from '../src/middleware/limit/limit.js';
import { resolveLimits } from '../src/middleware/limit/options.js';
import { answer, requestTo } from './support/scripted.js';

function broken(settings: { openFor?: number; minimumRequests?: number } = {}) {
  // Stands for the queue: requests for /waits wait there until they are let go.
  let letGo: () => void = () => {};
  const turn = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const queue: Middleware = (next) => (request) =>
    request.url.pathname === '/waits' ? turn.then(() => next(request)) : next(request);
  const circuits = new Circuits({ failureRate: 0.5, minimumRequests: 2, window: 60_000, openFor: 60_000, ...settings });
  let asked = 0;
  let script: Array<number | Error | Promise<number>> = [];
  const turns = limit({ gates: new LocalGates(resolveLimits(undefined), 100), judge: new Referee(circuits) });
  const handler = compose([breaker(circuits), queue, turns], async (request) => {
    asked++;
    const next = await script.shift();
    if (next instanceof Error) throw next;
    return answer(request, next ?? 200);
  });
  const ask = (url = 'http://h.example/') => handler(requestTo(url));
  const play = (...steps: typeof script) => {
    script = steps;
  };
  const state = () => circuits.state('h.example:80', performance.now());
  return { ask, play, state, letGo: () => letGo(), asked: () => asked };
}

const open = async (host: ReturnType<typeof broken>) => {
  host.play(500, 503);
  await host.ask();
  await host.ask();
  expect(host.state()).not.toBe('closed');
};

it('refuses requests to a host that fails, with the time of the next try, and no other host', async () => {
  const host = broken();
  await open(host);
  const error = await host.ask().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(CircuitOpenError);
  const wait = (error as CircuitOpenError).retryAt.getTime() - Date.now();
  expect(wait).toBeGreaterThan(59_000);
  expect(wait).toBeLessThanOrEqual(60_100);
  expect(host.asked()).toBe(2);
  expect((await host.ask('http://other.example/')).status).toBe(200);
});

it('passes responses and errors on as they are', async () => {
  const host = broken({ minimumRequests: 100 });
  const error = new ConnectError('refused');
  host.play(error, 404);
  await expect(host.ask()).rejects.toBe(error);
  expect((await host.ask()).status).toBe(404);
});

it('lets one request find out whether the host is back, and refuses the others meanwhile', async () => {
  const host = broken({ openFor: 1 });
  await open(host);
  while (host.state() !== 'half-open') await new Promise((resolve) => setTimeout(resolve, 1));
  let respond: (status: number) => void = () => {};
  host.play(
    new Promise((resolve) => {
      respond = resolve;
    }),
  );
  const probe = host.ask();
  await expect(host.ask()).rejects.toBeInstanceOf(CircuitOpenError);
  respond(200);
  expect((await probe).status).toBe(200);
  expect(host.state()).toBe('closed');
  expect((await host.ask()).status).toBe(200);
});

it('leaves the host alone again when the probe fails, and lets another find out when it was aborted', async () => {
  const host = broken({ openFor: 1 });
  await open(host);
  for (const end of [502, new AbortError('no longer wanted'), new TimeoutError('headers', 10)]) {
    while (host.state() !== 'half-open') await new Promise((resolve) => setTimeout(resolve, 1));
    host.play(end);
    const asked = host.asked();
    await host.ask().catch(() => undefined);
    expect(host.asked()).toBe(asked + 1);
    expect(host.state()).not.toBe('closed');
  }
});

it('refuses those who were waiting while the host went down, before they reach it', async () => {
  const host = broken();
  const waiting = host.ask('http://h.example/waits');
  await open(host);
  host.letGo();
  await expect(waiting).rejects.toBeInstanceOf(CircuitOpenError);
  expect(host.asked()).toBe(2);
});

it('lets the one that finds out wait for its turn', async () => {
  const host = broken({ openFor: 1 });
  await open(host);
  while (host.state() !== 'half-open') await new Promise((resolve) => setTimeout(resolve, 1));
  const probe = host.ask('http://h.example/waits');
  await expect(host.ask()).rejects.toBeInstanceOf(CircuitOpenError);
  host.letGo();
  expect((await probe).status).toBe(200);
  expect(host.state()).toBe('closed');
});

describe('what counts', () => {
  it.each([500, 502, 503, 504, 599])('status %i', async (status) => {
    const host = broken();
    host.play(status, status);
    await host.ask();
    await host.ask();
    expect(host.state()).toBe('open');
  });

  it.each([200, 304, 400, 404, 408, 429])('status %i does not', async (status) => {
    const host = broken();
    host.play(status, status, status);
    for (let count = 0; count < 3; count++) await host.ask();
    expect(host.state()).toBe('closed');
  });

  const { call } = requestTo('http://h.example/');
  const outcomeOf = (error: unknown) => judgeError(error, call, performance.now());

  it.each([
    new ConnectError('refused'),
    new DnsError('unknown'),
    new TlsError('expired'),
    new DisconnectedError('reset'),
    new ProtocolError('garbage'),
    new TimeoutError('connect', 10),
    new TimeoutError('headers', 10),
    new TimeoutError('idle', 10),
  ])('$name ($phase)', (error) => {
    expect(outcomeOf(error)).toBe('failure');
  });

  it.each([
    new AbortError('enough'),
    new SessionClosedError(),
    new TimeoutError('queue', 10),
    new TimeoutError('total', 10),
    new BlockedAddressError('127.0.0.1', 'loopback'),
    new QueueFullError(1),
    new RateLimitError('h.example:80', new Date()),
    new ProxyError('unreachable', 'no proxy there'),
    new BodyTooLargeError(1),
    new DecodeError('not gzip'),
    new TypeError('broken middleware'),
  ])('$name ($phase) does not', (error) => {
    expect(outcomeOf(error)).toBe('unknown');
  });

  it('the whole call’s time, where the host had most of it and never began to answer', () => {
    const judgeTotal = (change: (attempt: Attempt) => void) => {
      const { call, url } = requestTo('http://h.example/');
      change(call.newAttempt(url));
      return judgeError(new TimeoutError('total', 1_000), call, 10_000);
    };
    const sentAt = (moment: number) => (attempt: Attempt) => {
      attempt.sentAt = moment;
    };
    expect(judgeTotal(sentAt(9_100))).toBe('failure');
    expect(judgeTotal(sentAt(9_900))).toBe('unknown');
    expect(judgeTotal(() => {})).toBe('unknown');
    expect(judgeTotal((attempt) => Object.assign(attempt, { sentAt: 9_100, headAt: 9_200 }))).toBe('unknown');
  });
});
