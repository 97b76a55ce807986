// The limit around a scripted handler: what waits, what is refused, and that every slot comes back.
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../src/core/request.js';
import type { HttpResponse } from '../src/core/response.js';
import { DisconnectedError, QueueFullError, RateLimitError, SessionClosedError, TimeoutError } from '../src/errors.js';
import { LocalGates } from '../src/middleware/limit/gates.js';
import { limit } from '../src/middleware/limit/limit.js';
import { type HostLimit, resolveLimits } from '../src/middleware/limit/options.js';
import { resolveRetry } from '../src/middleware/retry/options.js';
import { answer, Pieces, policyOf, requestTo } from './support/scripted.js';

interface Exchange {
  readonly request: HttpRequest;
  respond(status?: number, fields?: Record<string, string>, body?: string | Pieces): void;
  fail(error: Error): void;
}

function limited(option: Record<string, HostLimit>, maxQueued = 10_000) {
  const gates = new LocalGates(resolveLimits(option), maxQueued);
  const exchanges: Exchange[] = [];
  const handler = limit({ gates })(
    (request) =>
      new Promise((resolve, reject) => {
        const call = request.call;
        const waiting = { cancel: reject };
        call.register(waiting);
        const settle = (act: () => void) => {
          call.unregister(waiting);
          act();
        };
        exchanges.push({
          request,
          respond: (status = 200, fields = {}, body = '') =>
            settle(() => resolve(answer(request, status, fields, body))),
          fail: (error) => settle(() => reject(error)),
        });
      }),
  );
  const ask = (path: string, asked: Parameters<typeof requestTo>[1] = {}) => {
    const request = requestTo(`http://h.example${path}`, asked);
    const outcome: { response?: HttpResponse; error?: unknown } = {};
    const done = handler(request).then(
      (response) => {
        outcome.response = response;
      },
      (error: unknown) => {
        outcome.error = error;
      },
    );
    return { request, call: request.call, outcome, done };
  };
  const paths = () => exchanges.map(({ request }) => request.url.pathname);
  const stats = () => gates.stats(performance.now())['h.example:80'];
  return { gates, exchanges, ask, paths, stats };
}

const timeouts = (change: Partial<ReturnType<typeof policyOf>['timeouts']>) => ({
  policy: { timeouts: { ...policyOf().timeouts, ...change } },
});

describe('slots', () => {
  it('enters synchronously where there is room, and begins the attempt', () => {
    const { ask, paths, stats } = limited({ '*': { concurrency: 1 } });
    const a = ask('/a');
    const b = ask('/b');
    expect(paths()).toEqual(['/a']);
    expect(stats()).toEqual({ inFlight: 1, queued: 1 });
    expect(a.call.attempt?.queuedAt).toBeTypeOf('number');
    expect(b.call.attempts).toEqual([]);
  });

  it('counts hosts apart', () => {
    const { gates, ask } = limited({ '*': { concurrency: 1 } });
    ask('/a');
    const other = requestTo('http://h.example:8080/');
    expect(gates.enter(`${other.url.host}`, performance.now())).toBeDefined();
  });

  it('gives the slot back when the response is collected and when the exchange fails', async () => {
    const { exchanges, ask, paths, stats } = limited({ '*': { concurrency: 1 } });
    const [a, b, c] = [ask('/a'), ask('/b'), ask('/c')];
    exchanges[0]!.respond();
    await a.done;
    expect(paths()).toEqual(['/a', '/b']);
    exchanges[1]!.fail(new DisconnectedError('gone'));
    await b.done;
    expect(b.outcome.error).toBeInstanceOf(DisconnectedError);
    exchanges[2]!.respond(500);
    await c.done;
    expect(c.outcome.response?.status).toBe(500);
    expect(stats()).toEqual({ inFlight: 0, queued: 0 });
    expect(c.call.attempt?.queuedAt).toBeGreaterThanOrEqual(b.call.attempt!.queuedAt!);
  });

  it('gives the slot back when the handler throws instead of rejecting', async () => {
    const gates = new LocalGates(resolveLimits({ '*': { concurrency: 1 } }), 10);
    const handler = limit({ gates })(() => {
      throw new TypeError('broken middleware');
    });
    await expect(handler(requestTo('http://h.example/'))).rejects.toThrow('broken middleware');
    expect(gates.stats(0)['h.example:80']).toEqual({ inFlight: 0, queued: 0 });
  });

  it('lets the others through when the next one is aborted in the tick in which the running one ends', async () => {
    const { exchanges, ask, stats } = limited({ '*': { concurrency: 1 } });
    const controller = new AbortController();
    const first = ask('/0');
    const aborted = ask('/1', { signal: controller.signal });
    const others = ['/2', '/3', '/4'].map((path) => ask(path));
    exchanges[0]!.respond();
    controller.abort();
    await Promise.all([first.done, aborted.done]);
    for (let index = 1; index <= 4; index++) {
      await Promise.resolve();
      exchanges[index]?.respond();
      await new Promise(setImmediate);
    }
    await Promise.all(others.map(({ done }) => done));
    expect(others.map(({ outcome }) => outcome.response?.status)).toEqual([200, 200, 200]);
    expect((aborted.outcome.error as Error).name).toBe('AbortError');
    expect(stats()).toEqual({ inFlight: 0, queued: 0 });
  });

  it('does the same when the abort comes first, or once the next one has begun', async () => {
    for (const when of ['before', 'after']) {
      const { exchanges, ask, stats } = limited({ '*': { concurrency: 1 } });
      const controller = new AbortController();
      const first = ask('/0');
      const aborted = ask('/1', { signal: controller.signal });
      const last = ask('/2');
      if (when === 'before') controller.abort();
      exchanges[0]!.respond();
      await first.done;
      if (when === 'after') controller.abort();
      await aborted.done;
      await Promise.resolve();
      exchanges.at(-1)!.respond();
      await last.done;
      expect(last.outcome.response?.status).toBe(200);
      expect(stats()).toEqual({ inFlight: 0, queued: 0 });
    }
  });

  it('takes no slot for a call that is over', async () => {
    const { ask, stats, exchanges } = limited({ '*': { concurrency: 1 } });
    const over = ask('/over', { signal: AbortSignal.abort() });
    await over.done;
    expect((over.outcome.error as Error).name).toBe('AbortError');
    expect(exchanges).toEqual([]);
    expect(stats()).toEqual({ inFlight: 0, queued: 0 });
  });
});

describe('streamed bodies', () => {
  const streaming = async (body: Pieces) => {
    const limitedHost = limited({ '*': { concurrency: 1 } });
    const asked = limitedHost.ask('/stream', { streaming: true });
    limitedHost.exchanges[0]!.respond(200, {}, body);
    await asked.done;
    const source = asked.outcome.response!.body;
    if (source instanceof Uint8Array) throw new Error('the body is collected');
    expect(limitedHost.stats()?.inFlight).toBe(1);
    return { ...limitedHost, ...asked, source };
  };

  it('hold the slot until they are at their end', async () => {
    const { source, stats } = await streaming(new Pieces('a', 'b'));
    await source.pull();
    await source.pull();
    expect(stats()?.inFlight).toBe(1);
    expect(await source.pull()).toBeUndefined();
    expect(stats()?.inFlight).toBe(0);
    await source.close();
    expect(stats()?.inFlight).toBe(0);
  });

  it('hold it until they are closed', async () => {
    const body = new Pieces('a');
    const { source, stats } = await streaming(body);
    await source.close();
    await source.close();
    expect(body.closed).toBe(true);
    expect(stats()?.inFlight).toBe(0);
  });

  it('hold it until they break off', async () => {
    const body = new Pieces();
    body.pull = () => Promise.reject(new DisconnectedError('cut short'));
    const { source, stats } = await streaming(body);
    await expect(source.pull()).rejects.toThrow('cut short');
    expect(stats()?.inFlight).toBe(0);
  });

  it('hold it no longer than their call lasts', async () => {
    const { call, stats } = await streaming(new Pieces('unread'));
    call.cancel(new SessionClosedError());
    expect(stats()?.inFlight).toBe(0);
  });
});

describe('waiting', () => {
  it('ends with the queue timeout, and leaves the queue', async () => {
    const { ask, stats } = limited({ '*': { concurrency: 1 } });
    ask('/a');
    const asked = ask('/b', timeouts({ queue: 20 }));
    await asked.done;
    const error = asked.outcome.error as TimeoutError;
    expect(error).toBeInstanceOf(TimeoutError);
    expect([error.phase, error.limit]).toEqual(['queue', 20]);
    expect(asked.call.attempt).toMatchObject({ error: 'ERRAND_TIMEOUT', queuedAt: undefined });
    expect(stats()).toEqual({ inFlight: 1, queued: 0 });
  });

  it('ends with the call, in the same tick', async () => {
    const { ask, stats } = limited({ '*': { concurrency: 1 } });
    ask('/a');
    const asked = ask('/b', timeouts({ queue: 60_000 }));
    asked.call.cancel(new SessionClosedError());
    expect(stats()).toEqual({ inFlight: 1, queued: 0 });
    await asked.done;
    expect(asked.outcome.error).toBeInstanceOf(SessionClosedError);
  });

  it('is refused with QueueFullError where maxQueued wait over all hosts', async () => {
    const { gates, ask } = limited({ '*': { concurrency: 1 } }, 2);
    ask('/a');
    const [b] = [ask('/b'), ask('/c')];
    const refused = ask('/d');
    await refused.done;
    expect(refused.outcome.error).toBeInstanceOf(QueueFullError);
    expect(refused.call.attempts).toEqual([]);
    b!.call.cancel(new SessionClosedError());
    ask('/e');
    expect(gates.queued).toBe(2);
  });

  it('lets lanes take turns', async () => {
    const { exchanges, ask, paths } = limited({ '*': { concurrency: 1 } });
    ask('/0');
    const asked = ['/a1', '/a2', '/a3', '/b1'].map((path) => ask(path, { lane: path[1] }));
    for (let index = 0; index <= 4; index++) {
      exchanges[index]!.respond();
      await new Promise(setImmediate);
    }
    await Promise.all(asked.map(({ done }) => done));
    expect(paths()).toEqual(['/0', '/a1', '/b1', '/a2', '/a3']);
  });
});

describe('rates', () => {
  it('let requests out one by one as tokens come, by one timer', async () => {
    const { exchanges, ask, stats, paths } = limited({ '*': { rate: '50/s', burst: 1 } });
    const asked = ['/a', '/b', '/c'].map((path) => ask(path));
    expect(stats()).toEqual({ inFlight: 1, queued: 2, tokens: 0 });
    for (let index = 0; index < 3; index++) {
      while (exchanges.length <= index) await new Promise((resolve) => setTimeout(resolve, 1));
      exchanges[index]!.respond();
    }
    await Promise.all(asked.map(({ done }) => done));
    expect(paths()).toEqual(['/a', '/b', '/c']);
    const [a, b, c] = asked.map(({ call }) => call.attempt!.queuedAt!) as [number, number, number];
    expect(b - a).toBeGreaterThanOrEqual(20);
    expect(c - a).toBeGreaterThanOrEqual(40);
  });

  it('refuse at once, with the time of the next turn, what could not go out before its deadline', async () => {
    const { ask, exchanges, stats } = limited({ '*': { rate: '1/m' } });
    ask('/a');
    const refused = ask('/b', timeouts({ total: 30_000 }));
    await refused.done;
    const error = refused.outcome.error as RateLimitError;
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.retryAt.getTime() - Date.now()).toBeGreaterThan(59_000);
    expect(error.retryAt.getTime() - Date.now()).toBeLessThan(60_100);
    expect(exchanges).toHaveLength(1);
    expect(stats()).toMatchObject({ queued: 0 });
    refused.call.end();
  });

  it('count those who wait already', async () => {
    const { ask } = limited({ '*': { rate: '1/s' } });
    ask('/a');
    const within = [ask('/b', timeouts({ total: 2_500 })), ask('/c', timeouts({ total: 2_500 }))];
    const refused = ask('/d', timeouts({ total: 2_500 }));
    await refused.done;
    expect(refused.outcome.error).toBeInstanceOf(RateLimitError);
    for (const { call, outcome, done } of [...within, refused]) {
      if (outcome.error === undefined) call.cancel(new SessionClosedError());
      await done;
      call.end();
    }
  });

  it('keep no timer once nobody waits', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    const { ask } = limited({ '*': { rate: '1/m' } });
    ask('/a');
    const asked = ask('/b');
    expect(timers()).toBe(before + 1);
    asked.call.cancel(new SessionClosedError());
    await asked.done;
    expect(timers()).toBe(before);
  });
});

describe('what the host says', () => {
  const settled = async (
    asked: { done: Promise<void> },
    exchange: Exchange,
    ...how: Parameters<Exchange['respond']>
  ) => {
    exchange.respond(...how);
    await asked.done;
  };

  it('slows requests down before they would be refused', async () => {
    const { exchanges, ask, paths } = limited({});
    await settled(ask('/a'), exchanges[0]!, 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.05' });
    const b = ask('/b');
    expect(paths()).toEqual(['/a']);
    while (exchanges.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await settled(b, exchanges[1]!);
    const [first, second] = exchanges.map(({ request }) => request.call.attempt!.queuedAt!) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(49);
  });

  it('refuses at once what a 429 with Retry-After leaves no time for, waiting or new', async () => {
    const { exchanges, ask, stats } = limited({ '*': { concurrency: 1 } });
    const first = ask('/a');
    const waiting = ask('/b', timeouts({ total: 1_000 }));
    await settled(first, exchanges[0]!, 429, { 'retry-after': '3' });
    const fresh = ask('/c', timeouts({ total: 1_000 }));
    await Promise.all([waiting.done, fresh.done]);
    for (const { outcome, call } of [waiting, fresh]) {
      expect(outcome.error).toBeInstanceOf(RateLimitError);
      expect((outcome.error as RateLimitError).retryAt.getTime() - Date.now()).toBeGreaterThan(2_900);
      call.end();
    }
    expect(stats()).toEqual({ inFlight: 0, queued: 0 });
  });

  it('is not heeded where the option says so, nor Retry-After by a call that ignores it', async () => {
    const deaf = limited({ '*': { respectServerLimits: false } });
    await settled(deaf.ask('/a'), deaf.exchanges[0]!, 429, { 'retry-after': '60', ratelimit: '"d";r=0;t=60' });
    deaf.ask('/b');
    expect(deaf.paths()).toEqual(['/a', '/b']);
    const { exchanges, ask, paths } = limited({});
    const retry = resolveRetry({ respectRetryAfter: false });
    await settled(ask('/a', { policy: { retry } }), exchanges[0]!, 429, { 'retry-after': '60' });
    ask('/b', { policy: { retry } });
    expect(paths()).toEqual(['/a', '/b']);
  });
});

describe('many hosts', () => {
  it('are forgotten once idle, except where that would refill a bucket', async () => {
    const gates = new LocalGates(resolveLimits({ '*.example': { rate: '1/h' } }), 10);
    const visit = (host: string, now: number) => gates.enter(host, now)!.leave(now);
    visit('kept.example:80', 0);
    for (let index = 0; index < 10_000; index++) visit(`${index}.test:80`, index);
    const hosts = Object.keys(gates.stats(10_000));
    expect(hosts.length).toBeLessThanOrEqual(512);
    expect(hosts).toContain('kept.example:80');
    expect(gates.enter('kept.example:80', 10_000)).toBeUndefined();
  });

  it('are not forgotten while a request is under way', () => {
    const gates = new LocalGates(resolveLimits({ '*': { concurrency: 1 } }), 10);
    gates.enter('busy.test:80', 0);
    for (let index = 0; index < 1_000; index++) gates.enter(`${index}.test:80`, 0)!.leave(0);
    expect(gates.enter('busy.test:80', 0)).toBeUndefined();
  });
});
