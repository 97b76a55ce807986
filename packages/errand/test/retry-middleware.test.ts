// The retry around a scripted handler: what is tried again, when, and what the caller gets in the end.
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../src/core/request.js';
import type { Attempt } from '../src/core/trace.js';
import {
  BlockedAddressError,
  BodyTooLargeError,
  CircuitOpenError,
  ConnectError,
  DecodeError,
  DisconnectedError,
  DnsError,
  type ErrandError,
  type HttpError,
  ProtocolError,
  QueueFullError,
  RateLimitError,
  SessionClosedError,
  TimeoutError,
  TlsError,
} from '../src/errors.js';
import { RetryBudgets } from '../src/middleware/retry/budget.js';
import { type RetryOptions, resolveRetry } from '../src/middleware/retry/options.js';
import { retry } from '../src/middleware/retry/retry.js';
import { answer, bodyOf, Pieces, policyOf, requestTo } from './support/scripted.js';

type Step = number | { status: number; fields?: Record<string, string>; body?: Pieces } | Error;
type Moment = 'not sent' | 'sent' | 'reused' | 'refused';

const soon = { backoff: { base: 1 } };

/** Runs a request through the retry over attempts that end as `steps` say; the last step is repeated. */
function run(
  steps: Step[],
  option: number | false | RetryOptions = soon,
  asked: Parameters<typeof requestTo>[1] & { total?: number; moment?: Moment } = {},
) {
  const { total, moment = 'sent', ...rest } = asked;
  const timeouts = { ...policyOf().timeouts, ...(total === undefined ? {} : { total }) };
  const request = requestTo('http://h.example/', {
    ...rest,
    policy: { timeouts, retry: resolveRetry(option) },
  });
  const budgets = new RetryBudgets();
  const startedAt: number[] = [];
  const handler = retry(budgets)(async (request) => {
    startedAt.push(performance.now());
    const step = steps[Math.min(startedAt.length, steps.length) - 1] as Step;
    if (moment !== 'refused') begin(request, moment);
    if (step instanceof Error) throw step;
    const { status, fields = {}, body = '' } = typeof step === 'number' ? { status: step } : step;
    return answer(request, status, fields, body);
  });
  const outcome = handler(request).finally(() => request.call.end());
  return { request, call: request.call, outcome, budgets, startedAt, attempts: () => startedAt.length };
}

function begin({ call, url }: HttpRequest, moment: Moment): Attempt {
  const attempt = call.newAttempt(url);
  if (moment !== 'not sent') attempt.sentAt = performance.now();
  if (moment === 'reused') attempt.reusedConnection = true;
  return attempt;
}

const failing = (
  error: Error,
  ...rest: [option?: number | false | RetryOptions, asked?: Parameters<typeof run>[2]]
) => {
  const running = run([error], ...rest);
  return running.outcome.then(
    () => {
      throw new Error('it succeeded');
    },
    (thrown: unknown) => {
      expect(thrown).toBe(error);
      return running.attempts();
    },
  );
};

describe('statuses', () => {
  it.each([408, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
    const { outcome, attempts, budgets, call } = run([status, status, 200]);
    expect((await outcome).status).toBe(200);
    expect(attempts()).toBe(3);
    expect(budgets.retried).toBe(2);
    const delays = call.attempts.map(({ retryDelay }) => retryDelay);
    expect(delays).toEqual([expect.any(Number), expect.any(Number), undefined]);
  });

  it.each([200, 304, 400, 404, 501])('%i is not', async (status) => {
    const { outcome, attempts } = run([status]);
    expect((await outcome).status).toBe(status);
    expect(attempts()).toBe(1);
  });

  it('the last one is the answer when all attempts are used up', async () => {
    const { outcome, attempts } = run([500, 502, 503]);
    expect((await outcome).status).toBe(503);
    expect(attempts()).toBe(3);
  });

  it('are those that the option names', async () => {
    expect((await run([404, 200], { ...soon, statuses: [404] }).outcome).status).toBe(200);
    expect((await run([503, 200], { ...soon, statuses: [404] }).outcome).status).toBe(503);
  });

  it('are not tried again where there is no retry', async () => {
    for (const option of [false, 1] as const) expect((await run([503, 200], option).outcome).status).toBe(503);
  });

  it('of a streamed response give their connection back first', async () => {
    const body = new Pieces('try again');
    const { outcome } = run([{ status: 503, body }, 200], soon, { streaming: true });
    expect((await outcome).status).toBe(200);
    expect(body.closed).toBe(true);
  });
});

describe('failures', () => {
  it.each([
    ['a refused connection', new ConnectError('refused')],
    ['a resolver that does not answer', new DnsError('try again')],
    ['a reset', new DisconnectedError('reset')],
    ['a timeout of connect', new TimeoutError('connect', 1)],
    ['a timeout of headers', new TimeoutError('headers', 1)],
    ['a timeout of idle', new TimeoutError('idle', 1)],
    ['a body that cannot be decoded', new DecodeError('truncated')],
  ])('%s is tried again, and the last one is thrown', async (_, error) => {
    expect(await failing(error)).toBe(3);
  });

  it.each([
    ['a name that does not exist', new DnsError('unknown', { retryable: false })],
    ['a bad certificate', new TlsError('expired')],
    ['a timeout of queue', new TimeoutError('queue', 1)],
    ['a timeout of total', new TimeoutError('total', 1)],
    ['what is not HTTP', new ProtocolError('garbage')],
    ['a body that is too large', new BodyTooLargeError(1)],
    ['a blocked address', new BlockedAddressError('127.0.0.1', 'loopback')],
    ['an open circuit', new CircuitOpenError('h', new Date())],
    ['a full queue', new QueueFullError(1)],
    ['a rate that leaves no time', new RateLimitError('h', new Date())],
    ['a closed session', new SessionClosedError()],
    ['a mistake in a middleware', new TypeError('broken')],
  ])('%s is not', async (_, error) => {
    expect(await failing(error)).toBe(1);
  });
});

describe('methods', () => {
  const reset = () => new DisconnectedError('reset');

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('%s is sent twice', async (method) => {
    expect(await failing(reset(), soon, { method })).toBe(3);
    expect((await run([503, 200], soon, { method }).outcome).status).toBe(200);
  });

  it.each(['POST', 'PATCH', 'PURGE'])('%s is not, once it was sent', async (method) => {
    expect(await failing(reset(), soon, { method })).toBe(1);
    expect(await failing(reset(), soon, { method, moment: 'reused' })).toBe(1);
    expect((await run([503, 200], soon, { method }).outcome).status).toBe(503);
  });

  it('any is, where nothing was sent', async () => {
    expect(await failing(new ConnectError('refused'), soon, { method: 'POST', moment: 'not sent' })).toBe(3);
    expect(await failing(new DnsError('try again'), soon, { method: 'POST', moment: 'refused' })).toBe(3);
  });

  it('any is with an Idempotency-Key, and any that the option names', async () => {
    expect(await failing(reset(), soon, { method: 'POST', fields: ['Idempotency-Key', '7'] })).toBe(3);
    expect(await failing(reset(), { ...soon, methods: ['POST'] }, { method: 'POST' })).toBe(3);
    expect(await failing(reset(), { ...soon, methods: ['POST'] }, { method: 'GET' })).toBe(1);
  });

  it('none is whose body cannot be sent again', async () => {
    const put = (replayable: boolean, moment: Moment) =>
      failing(reset(), soon, { method: 'PUT', body: bodyOf('x', replayable), moment });
    expect([await put(true, 'sent'), await put(false, 'sent'), await put(false, 'not sent')]).toEqual([3, 1, 1]);
  });
});

describe('waiting', () => {
  it('is a random time of up to the bound of the attempt', async () => {
    const { outcome, call } = run([503], { attempts: 4, backoff: { base: 8, max: 20 } });
    await outcome;
    const delays = call.attempts.slice(0, 3).map(({ retryDelay }) => retryDelay as number);
    for (const [index, bound] of [8, 16, 20].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(0);
      expect(delays[index]).toBeLessThanOrEqual(bound);
    }
  });

  it('is left out when a kept connection had died before it answered', async () => {
    const steps = [new DisconnectedError('closed'), 200];
    const { outcome, call } = run(steps, { backoff: { base: '1h', max: '1h' } }, { moment: 'reused' });
    expect((await outcome).status).toBe(200);
    expect(call.attempts[0]?.retryDelay).toBe(0);
  });

  it('ends with the call', async () => {
    const { outcome, call, attempts } = run([503], { backoff: { base: '1h', max: '1h' } });
    await new Promise(setImmediate);
    call.cancel(new SessionClosedError());
    await expect(outcome).rejects.toBeInstanceOf(SessionClosedError);
    expect(attempts()).toBe(1);
  });

  it('is as long as Retry-After says, in seconds or as a date, at the least', async () => {
    const date = Date.UTC(2026, 0, 1);
    const byDate = { 'retry-after': new Date(date + 1_000).toUTCString(), date: new Date(date).toUTCString() };
    for (const [fields, least] of [
      [{ 'retry-after': '0.05' }, 50],
      [byDate, 1_000],
    ] as const) {
      const { outcome, call, startedAt } = run([{ status: 429, fields }, 200]);
      expect((await outcome).status).toBe(200);
      expect(call.attempts[0]?.retryDelay).toBe(least);
      const [first, second] = startedAt as [number, number];
      expect(second - first).toBeGreaterThan(least - 2);
    }
  });

  it('is not, where the option says so', async () => {
    const option = { ...soon, respectRetryAfter: false };
    const { outcome } = run([{ status: 429, fields: { 'retry-after': '3600' } }, 200], option);
    expect((await outcome).status).toBe(200);
  });

  it('never is in vain: where the deadline comes first, the response in hand is the answer at once', async () => {
    for (const [value, total] of [
      ['3', 1_000],
      ['99999999999', Number.POSITIVE_INFINITY],
    ] as const) {
      const began = performance.now();
      const { outcome, attempts } = run([{ status: 429, fields: { 'retry-after': value } }, 200], soon, { total });
      expect((await outcome).status).toBe(429);
      expect(attempts()).toBe(1);
      expect(performance.now() - began).toBeLessThan(900);
    }
  });
});

describe('what is in hand', () => {
  const refusals = [new CircuitOpenError('h', new Date()), new RateLimitError('h', new Date()), new QueueFullError(1)];

  it.each(refusals)('is the answer when the next attempt is refused: $name', async (refusal) => {
    expect((await run([503, refusal]).outcome).status).toBe(503);
    const error = new DisconnectedError('reset');
    await expect(run([error, refusal]).outcome).rejects.toBe(error);
  });

  it('is not, where the next attempt was blocked, failed otherwise, or the call is over', async () => {
    const blocked = new BlockedAddressError('127.0.0.1', 'loopback');
    await expect(run([503, blocked]).outcome).rejects.toBe(blocked);
    const protocol = new ProtocolError('garbage');
    await expect(run([503, protocol]).outcome).rejects.toBe(protocol);
  });

  it('is not a streamed body that is closed already', async () => {
    const refusal = new QueueFullError(1);
    await expect(
      run([{ status: 503, body: new Pieces('x') }, refusal], soon, { streaming: true }).outcome,
    ).rejects.toBe(refusal);
  });
});

describe('shouldRetry', () => {
  it('is asked about statuses as HttpError, with the number of the attempt, and decides', async () => {
    const asked: Array<[ErrandError, number]> = [];
    const shouldRetry = (error: ErrandError, attempt: number) => {
      asked.push([error, attempt]);
      return attempt < 2;
    };
    const { outcome, attempts } = run([404], { ...soon, attempts: 5, shouldRetry });
    expect((await outcome).status).toBe(404);
    expect(attempts()).toBe(2);
    expect(asked.map(([error, attempt]) => [error.code, (error as HttpError).status, error.url, attempt])).toEqual([
      ['ERRAND_HTTP_STATUS', 404, 'http://h.example/', 1],
      ['ERRAND_HTTP_STATUS', 404, 'http://h.example/', 2],
    ]);
  });

  it('can allow what was not to be tried again, and forbid what was', async () => {
    expect(await failing(new ProtocolError('garbage'), { ...soon, shouldRetry: () => true })).toBe(3);
    expect(await failing(new DisconnectedError('x'), { ...soon, shouldRetry: () => true }, { method: 'POST' })).toBe(3);
    expect(await failing(new DisconnectedError('x'), { ...soon, shouldRetry: () => false })).toBe(1);
  });

  it('leaves what it says nothing about to the other options', async () => {
    const option = { ...soon, shouldRetry: () => undefined };
    expect(await failing(new DisconnectedError('x'), option)).toBe(3);
    expect(await failing(new ProtocolError('x'), option)).toBe(1);
    expect((await run([404, 200], option).outcome).status).toBe(404);
    expect((await run([503, 200], option).outcome).status).toBe(200);
  });

  it('is bound by attempts, and by bodies that cannot be sent again', async () => {
    const option = { ...soon, shouldRetry: () => true };
    expect(await failing(new DisconnectedError('x'), { ...option, attempts: 2 })).toBe(2);
    expect(await failing(new DisconnectedError('x'), option, { body: bodyOf('x', false) })).toBe(1);
  });

  it('is not asked about refusals, nor on the way of what succeeds', async () => {
    const shouldRetry = () => {
      throw new Error('asked');
    };
    expect(await failing(new QueueFullError(1), { ...soon, shouldRetry })).toBe(1);
    expect((await run([200], { ...soon, shouldRetry }).outcome).status).toBe(200);
  });
});

it('stops at the budget of the host, with the outcome in hand', async () => {
  const budgets = new RetryBudgets();
  let asked = 0;
  const handler = retry(budgets)(async (request) => {
    asked++;
    begin(request, 'sent');
    return answer(request, 503);
  });
  const policy = { retry: resolveRetry({ backoff: { base: 0 } }) };
  for (let count = 0; count < 20; count++) {
    expect((await handler(requestTo('http://h.example/', { policy }))).status).toBe(503);
  }
  expect(asked).toBe(30);
  await handler(requestTo('http://other.example/', { policy }));
  expect(asked).toBe(33);
  expect(budgets.retried).toBe(12);
});
