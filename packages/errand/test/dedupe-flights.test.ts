import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../src/core/call.js';
import type { HttpRequest } from '../src/core/request.js';
import type { HttpResponse } from '../src/core/response.js';
import { ConnectError, TimeoutError } from '../src/errors.js';
import { dedupe } from '../src/middleware/dedupe/dedupe.js';
import { answer, bodyOf, requestTo } from './support/scripted.js';

interface Sent {
  readonly request: HttpRequest;
  readonly call: Call;
  cancelled: unknown;
  finish(response: HttpResponse): void;
  fail(error: unknown): void;
}

/** The middleware over an end where each request waits until the test lets it go. */
function held() {
  const sent: Sent[] = [];
  let joined = 0;
  const handler = dedupe({ joined: () => joined++ })((request) => {
    return new Promise((resolve, reject) => {
      request.call.newAttempt(request.url);
      const entry: Sent = { request, call: request.call, cancelled: undefined, finish: resolve, fail: reject };
      sent.push(entry);
      request.call.register({
        cancel(error) {
          entry.cancelled = error;
          reject(error);
        },
      });
    });
  });
  return { sent, handler, joined: () => joined };
}

const url = 'http://a.test/x?y=1';
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: { code?: string }) => error.code,
  );

describe('identical GETs under way at once', () => {
  it('share one flight, and each gets bytes of its own', async () => {
    const { sent, handler, joined } = held();
    const requests = Array.from({ length: 5 }, () => requestTo(url));
    const responses = requests.map((request) => handler(request));
    expect(sent).toHaveLength(1);
    expect(joined()).toBe(4);
    sent[0]?.finish(answer(sent[0].request, 200, { 'x-a': '1' }, 'body'));
    const got = await Promise.all(responses);
    for (const [index, response] of got.entries()) {
      expect(await response.text()).toBe('body');
      expect(response.call).toBe(requests[index]?.call);
      expect(response.trace.attempts).toHaveLength(1);
    }
    expect(new Set(got.map((response) => response.bytesCollected.buffer)).size).toBe(5);
  });

  it('is over with the flight: the next one is asked anew', async () => {
    const { sent, handler } = held();
    const first = handler(requestTo(url));
    sent[0]?.finish(answer(sent[0].request, 200));
    await first;
    const second = handler(requestTo(url));
    expect(sent).toHaveLength(2);
    sent[1]?.fail(new ConnectError('refused'));
    expect(await code(second)).toBe('ERRAND_CONNECT');
    void handler(requestTo(url));
    expect(sent).toHaveLength(3);
  });

  it('fails for all where it fails', async () => {
    const { sent, handler } = held();
    const responses = [handler(requestTo(url)), handler(requestTo(url))];
    sent[0]?.fail(new ConnectError('refused'));
    expect(await Promise.all(responses.map(code))).toEqual(['ERRAND_CONNECT', 'ERRAND_CONNECT']);
  });

  it('tells progress to all that asked for it', () => {
    const { sent, handler } = held();
    const told: string[] = [];
    void handler(requestTo(url));
    void handler(requestTo(url, { onProgress: ({ bytes }) => told.push(`b${bytes}`) }));
    sent[0]?.call.onProgress?.({ direction: 'down', bytes: 3, total: undefined });
    expect(told).toEqual(['b3']);
  });

  it('tells all of a changed cookie', async () => {
    const { sent, handler } = held();
    const requests = [requestTo(url), requestTo(url)];
    const responses = requests.map((request) => handler(request));
    if (sent[0]) sent[0].call.cookieChanges = 2;
    sent[0]?.finish(answer(sent[0].request, 200));
    await Promise.all(responses);
    expect(requests.map(({ call }) => call.cookieChanges)).toEqual([2, 2]);
  });
});

describe('what is not shared', () => {
  const pairs: Array<[string, () => HttpRequest, () => HttpRequest]> = [
    ['another URL', () => requestTo(url), () => requestTo(`${url}2`)],
    ['another field', () => requestTo(url), () => requestTo(url, { fields: ['a', 'b'] })],
    ['POST', () => requestTo(url, { method: 'POST' }), () => requestTo(url, { method: 'POST' })],
    ['HEAD beside GET', () => requestTo(url), () => requestTo(url, { method: 'HEAD' })],
    ['streams', () => requestTo(url, { streaming: true }), () => requestTo(url, { streaming: true })],
    ['bodies', () => requestTo(url, { body: bodyOf('a') }), () => requestTo(url, { body: bodyOf('a') })],
    ['calls that ask for it not to be', () => requestTo(url), () => requestTo(url, { policy: { dedupe: false } })],
    ['another bound', () => requestTo(url), () => requestTo(url, { policy: { maxBodySize: 5 } })],
    ['another guard', () => requestTo(url), () => requestTo(url, { policy: { guard: {} as never } })],
  ];
  it.each(pairs)('%s', (_, a, b) => {
    const { sent, handler, joined } = held();
    void handler(a());
    void handler(b());
    expect(sent).toHaveLength(2);
    expect(joined()).toBe(0);
  });

  it('the fragment makes no difference', () => {
    const { sent, handler } = held();
    void handler(requestTo(`${url}#a`));
    void handler(requestTo(`${url}#b`));
    expect(sent).toHaveLength(1);
  });
});

describe('leaving', () => {
  it('the first of five aborts: the other four succeed', async () => {
    const { sent, handler } = held();
    const controller = new AbortController();
    const leader = handler(requestTo(url, { signal: controller.signal }));
    const others = Array.from({ length: 4 }, () => handler(requestTo(url)));
    controller.abort(new Error('enough'));
    expect(await code(leader)).toBe('ERRAND_ABORTED');
    expect(sent[0]?.cancelled).toBeUndefined();
    sent[0]?.finish(answer(sent[0].request, 200));
    expect((await Promise.all(others)).map((response) => response.status)).toEqual([200, 200, 200, 200]);
    expect(sent).toHaveLength(1);
  });

  it('the last to leave cancels it, and nobody joins what is cancelled', async () => {
    const { sent, handler } = held();
    const requests = [requestTo(url), requestTo(url)];
    const responses = requests.map((request) => code(handler(request)));
    requests[0]?.call.cancel(new TimeoutError('total', 5));
    expect(sent[0]?.cancelled).toBeUndefined();
    requests[1]?.call.cancel(new TimeoutError('total', 7));
    expect(sent[0]?.cancelled).toMatchObject({ limit: 7 });
    expect(await Promise.all(responses)).toEqual(['ERRAND_TIMEOUT', 'ERRAND_TIMEOUT']);
    void handler(requestTo(url));
    expect(sent).toHaveLength(2);
  });

  it('a call that was over before it came sends nothing', async () => {
    const { sent, handler } = held();
    expect(await code(handler(requestTo(url, { signal: AbortSignal.abort() })))).toBe('ERRAND_ABORTED');
    expect(sent).toHaveLength(0);
  });

  it('the flight may last as long as the longest of its deadlines', () => {
    const { sent, handler } = held();
    const total = (ms: number) => {
      const one = 1_000_000;
      return { timeouts: { total: ms, queue: one, connect: one, headers: one, idle: one } };
    };
    const short = requestTo(url, { policy: total(1000) });
    const long = requestTo(url, { policy: total(60_000) });
    void handler(short).catch(() => {});
    void handler(long).catch(() => {});
    expect(sent).toHaveLength(1);
    expect(sent[0]?.call.deadline).toBe(long.call.deadline);
    long.call.cancel(new TimeoutError('total', 1));
    expect(sent[0]?.call.deadline).toBe(short.call.deadline);
    short.call.end();
    long.call.end();
  });

  it('under any schedule: one flight at a time per key, every caller settles as it should', async () => {
    const step = fc.record({ kind: fc.constantFrom('ask', 'abort', 'finish', 'fail'), pick: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { sent, handler } = held();
        const open = new Map<HttpRequest, { expected?: string; outcome: Promise<unknown> }>();
        const all: Array<{ expected?: string; outcome: Promise<unknown> }> = [];
        const end = (expected: string) => {
          for (const entry of open.values()) entry.expected = expected;
          open.clear();
        };
        for (const { kind, pick } of steps) {
          const last = sent.at(-1);
          if (kind === 'ask') {
            const request = requestTo(url);
            const entry = { outcome: code(handler(request)) };
            open.set(request, entry);
            all.push(entry);
            expect(sent.at(-1)?.cancelled).toBeUndefined();
          } else if (kind === 'abort' && open.size > 0) {
            const [request, entry] = [...open][pick % open.size] as [HttpRequest, (typeof all)[number]];
            entry.expected = 'ERRAND_ABORTED';
            open.delete(request);
            request.call.aborted('enough');
            expect(sent.at(-1)?.cancelled !== undefined).toBe(open.size === 0);
          } else if (kind === 'finish' && last && open.size > 0) {
            last.finish(answer(last.request, 200));
            end('ok');
          } else if (kind === 'fail' && last && open.size > 0) {
            last.fail(new ConnectError('refused'));
            end('ERRAND_CONNECT');
          }
          await Promise.resolve().then(() => {});
        }
        for (const { expected, outcome } of all) if (expected !== undefined) expect(await outcome).toBe(expected);
      }),
    );
  });
});
