// Limits as a session's users meet them, against real servers.
import { AbortError, QueueFullError, RateLimitError, Session, type SessionOptions, TimeoutError } from 'errand';
import { describe, expect, it } from 'vitest';
import { serve } from './support/server.js';

const sessionWith = (options: SessionOptions) => new Session({ guard: { allow: ['127.0.0.1'] }, ...options });

/** A server that answers when it is told to, and counts how many requests it holds at once. */
async function holding() {
  const held: Array<() => void> = [];
  let holds = true;
  const paths: string[] = [];
  let most = 0;
  const arrivals: Array<() => void> = [];
  const server = await serve((request, response) => {
    paths.push(request.url as string);
    if (!holds) {
      response.end('ok');
      return;
    }
    held.push(() => response.end('ok'));
    most = Math.max(most, held.length);
    for (const arrived of arrivals.splice(0)) arrived();
  });
  const arrival = async (count: number) => {
    while (paths.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
  };
  const answerAll = async (count: number) => {
    for (let answered = 0; answered < count; answered++) {
      await arrival(answered + 1);
      held.shift()?.();
    }
  };
  return {
    server,
    paths,
    arrival,
    answerAll,
    /** From now on it answers at once. */
    holdNoMore: () => {
      holds = false;
      for (const answer of held.splice(0)) answer();
    },
    most: () => most,
    host: `127.0.0.1:${server.port}`,
  };
}

describe('concurrency', () => {
  it('is what the server sees, and all are answered', async () => {
    const { server, arrival, answerAll, most } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 3 } } });
    const all = Promise.all(Array.from({ length: 20 }, () => session.get(server.url).text()));
    await arrival(3);
    await answerAll(20);
    expect(await all).toEqual(Array(20).fill('ok'));
    expect(most()).toBe(3);
    expect(server.connections).toBeLessThanOrEqual(3);
  });

  it('is eight a host where nothing is said', async () => {
    const { server, arrival, answerAll, host } = await holding();
    await using _ = server;
    await using session = sessionWith({});
    const all = Promise.all(Array.from({ length: 10 }, () => session.get(server.url)));
    await arrival(8);
    expect(session.stats().hosts[host]).toMatchObject({ inFlight: 8, queued: 2 });
    expect(session.stats()).toMatchObject({ inFlight: 8, queued: 2 });
    await answerAll(10);
    await all;
    expect(session.stats().hosts[host]).toMatchObject({ inFlight: 0, queued: 0 });
  });

  it('is that of the most specific pattern', async () => {
    const { server, arrival, answerAll, host } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 5 }, [host]: { concurrency: 1 } } });
    const all = Promise.all([session.get(server.url), session.get(server.url)]);
    await arrival(1);
    expect(session.stats().hosts[host]).toMatchObject({ inFlight: 1, queued: 1 });
    await answerAll(2);
    await all;
  });

  it('counts a stream until its body is closed', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/stream') response.write('piece');
      else response.end('ok');
    });
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
    const stream = await session.stream(`${server.url}/stream`);
    const after = session.get(`${server.url}/after`).text();
    expect(session.stats()).toMatchObject({ inFlight: expect.any(Number), queued: 1 });
    expect(server.requests).toHaveLength(1);
    await stream.close();
    expect(await after).toBe('ok');
  });
});

describe('turns', () => {
  it('go round the lanes', async () => {
    const { server, paths, answerAll, arrival } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
    const ask = (path: string, priority = 0) =>
      session.get(`${server.url}${path}`, { lane: path[1] as string, priority });
    const all = [ask('/x'), ask('/a1'), ask('/a2'), ask('/a3'), ask('/a0', 1), ask('/b1'), ask('/c1'), ask('/b2')];
    await arrival(1);
    await answerAll(all.length);
    await Promise.all(all);
    expect(paths).toEqual(['/x', '/a0', '/b1', '/c1', '/a1', '/b2', '/a2', '/a3']);
  });

  it('come to all others when the next one is aborted in the tick in which the running one ends', async () => {
    const { server, arrival, holdNoMore } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
    const controller = new AbortController();
    const running = session.get(server.url);
    const ended = running.then(() => controller.abort());
    const aborted = session.get(server.url, { signal: controller.signal });
    const others = Array.from({ length: 3 }, () => session.get(server.url).text());
    await arrival(1);
    holdNoMore();
    await ended;
    await expect(aborted).rejects.toBeInstanceOf(AbortError);
    expect(await Promise.all(others)).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('waiting', () => {
  it('ends before the loop turns when it is aborted', async () => {
    const { server, arrival, answerAll } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
    const running = session.get(server.url);
    await arrival(1);
    const controller = new AbortController();
    const queued = session.get(server.url, { signal: controller.signal }).catch((error: unknown) => error);
    let settled: unknown;
    void queued.then((error) => {
      settled = error;
    });
    controller.abort();
    await new Promise(setImmediate);
    expect(settled).toBeInstanceOf(AbortError);
    await answerAll(1);
    await running;
  });

  it('ends with timeout.queue, and not for those whose turn it is', async () => {
    const { server, arrival, answerAll } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
    const running = session.get(server.url);
    await arrival(1);
    const error = await session.get(server.url, { timeout: { queue: 30 } }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ phase: 'queue', limit: 30, retryable: false });
    const waited = session.get(server.url);
    await answerAll(2);
    const [first, second] = await Promise.all([running, waited]);
    const queued = (response: typeof first) => response.trace.attempts[0]?.timings.queued as number;
    expect(queued(second)).toBeGreaterThanOrEqual(0);
    expect(queued(first)).toBeLessThan(first.trace.attempts[0]?.timings.sent as number);
  });

  it('is refused where maxQueued wait', async () => {
    const { server, arrival, answerAll } = await holding();
    await using _ = server;
    await using session = sessionWith({ limits: { '*': { concurrency: 1 } }, maxQueued: 1 });
    const all = [session.get(server.url), session.get(server.url)];
    await arrival(1);
    await expect(session.get(server.url)).rejects.toBeInstanceOf(QueueFullError);
    await answerAll(2);
    await Promise.all(all);
  });
});

describe('rates', () => {
  it('space requests out', async () => {
    await using server = await serve((_, response) => response.end());
    await using session = sessionWith({ limits: { '*': { rate: '20/s', burst: 1 } } });
    const responses = await Promise.all(Array.from({ length: 4 }, () => session.get(server.url)));
    const waited = responses.map(({ trace }) => trace.attempts[0]?.timings.queued as number);
    for (const [index, wait] of waited.entries()) expect(wait).toBeGreaterThan(index * 50 - 10);
  });

  it('refuse at once what could not go out before its deadline', async () => {
    await using server = await serve((_, response) => response.end());
    await using session = sessionWith({ limits: { '*': { rate: '1/h' } } });
    await session.get(server.url);
    expect(session.stats().hosts[`127.0.0.1:${server.port}`]).toMatchObject({ tokens: 0 });
    const error = await session.get(server.url).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'ERRAND_RATE_LIMIT', attempts: 0 });
    expect((error as RateLimitError).retryAt.getTime()).toBeGreaterThan(Date.now() + 3_590_000);
    expect(server.requests).toHaveLength(1);
  });

  it('of the host itself are kept before it has to refuse', async () => {
    const moments: number[] = [];
    await using server = await serve((_, response) => {
      moments.push(performance.now());
      const remaining = moments.length === 1 ? '0' : '10';
      response.setHeader('x-ratelimit-remaining', remaining).setHeader('x-ratelimit-reset-after', '0.2').end();
    });
    await using session = sessionWith({});
    await session.get(server.url);
    await session.get(server.url);
    const [first, second] = moments as [number, number];
    expect(second - first).toBeGreaterThan(190);
  });
});
