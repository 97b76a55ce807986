// The way to a page over real servers and proxies: verdicts, rotation, waiting, robots.txt, budgets, and how each ends.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt } from '../src/core/attempt.js';
import type { Fetched, Visit } from '../src/core/engine.js';
import { startProxy } from './support/forward-proxy.js';
import { ladder, playBrowser } from './support/ladder.js';
import { pageHtml, startOrigin } from './support/origin.js';
import { pageRequest } from './support/page-request.js';

let origin: Awaited<ReturnType<typeof startOrigin>>;
let direct: ReturnType<typeof ladder>;
beforeAll(async () => {
  origin = await startOrigin();
  direct = ladder();
});
afterAll(async () => {
  await direct[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const at = (path: string, change: Parameters<typeof pageRequest>[1] = {}) =>
  pageRequest(`${origin.url}${path}`, change);
const text = ({ body }: Fetched) => Buffer.from(body).toString();
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it came'),
    (error) => error,
  );

describe('directly', () => {
  test('a page', async () => {
    const told: Attempt[] = [];
    const page = await direct.get(at('/page'), { onAttempt: (attempt) => told.push(attempt) });
    expect(text(page.fetched)).toBe(pageHtml);
    expect(page).toMatchObject({ verdict: { kind: 'page' }, session: undefined, proxy: undefined, robots: 'allowed' });
    expect(page.attempts).toEqual([
      {
        engine: 'http',
        proxy: undefined,
        identity: page.identity,
        status: 200,
        verdict: 'page',
        ms: expect.any(Number),
      },
    ]);
    expect(told).toEqual(page.attempts);
  });

  test.each([404, 410, 403, 401, 501])('an honest %i is a page', async (code) => {
    const page = await direct.get(at(`/status?code=${code}`));
    expect([page.fetched.status, page.attempts.length]).toEqual([code, 1]);
  });

  test.each([
    ['/flaky?a&times=2&code=500', {}, 3, 200],
    ['/flaky?b&times=2&code=500', { retries: 1 }, 2, 500],
    ['/flaky?c&times=2&code=500', { retries: 0 }, 1, 500],
    ['/flaky?d&times=1&code=503', { method: 'POST' }, 1, 503],
    ['/flaky?e&times=1&code=404', {}, 1, 404],
    ['/flaky?f&times=1&code=404', { retry404: true }, 2, 200],
  ] as const)('%s %j: %i tries, then %i', async (path, change, tries, status) => {
    const page = await direct.get(at(path, change));
    expect([page.attempts.length, page.fetched.status]).toEqual([tries, status]);
  });

  test('a block is 423, at once, with who and why', async () => {
    const error = await failure(direct.get(at('/block')));
    expect(error).toMatchObject({
      code: 'blocked',
      status: 423,
      members: { vendor: 'cloudflare', evidence: expect.any(Array) },
    });
    expect(error.attempts).toMatchObject([{ status: 403, verdict: 'block' }]);
    expect(error.members.evidence.length).toBeGreaterThan(0);
  });

  test('a challenge without a browser is 423, a captcha 424, a shell is the page', async () => {
    expect(await failure(direct.get(at('/challenge')))).toMatchObject({ code: 'blocked', message: /render=auto/ });
    expect(await failure(direct.get(at('/captcha')))).toMatchObject({
      code: 'captcha_required',
      members: { vendor: 'datadome' },
    });
    expect((await direct.get(at('/shell'))).verdict).toMatchObject({ kind: 'page' });
    expect((await direct.get(at('/captcha', { onCaptcha: 'return' }))).verdict.kind).toBe('captcha');
  });

  test('a rate is waited for as told, by the same visitor', async () => {
    const startedAt = performance.now();
    const page = await direct.get(at('/rate?a&after=1', { robots: 'ignore' }));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(page.attempts.map(({ verdict }) => verdict)).toEqual(['rate', 'page']);
    expect(new Set(page.attempts.map(({ identity }) => identity)).size).toBe(1);
    expect(page.robots).toBe('ignored');
  });

  test('a rate without a word of how long keeps nobody else waiting', async () => {
    await using own = ladder();
    const error = await failure(own.get(at('/rate?c&times=9', { retries: 0 })));
    expect(error).toMatchObject({ code: 'target_rate_limited', retryAfter: 1 });
    const startedAt = performance.now();
    await own.get(at('/page'));
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  test('a rate that takes longer than the call may is told at once', async () => {
    await using own = ladder();
    const startedAt = performance.now();
    const error = await failure(own.get(at('/rate?b&after=30')));
    expect(error).toMatchObject({ code: 'target_rate_limited', status: 503, retryAfter: 30 });
    const others = await failure(own.get(at('/page')));
    expect(others).toMatchObject({ code: 'target_rate_limited', attempts: [] });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each([
    ['/silent', 'timeout', 504, { timeout: 300 }],
    ['/torn', 'upstream', 502, { retries: 0 }],
    ['/reset', 'upstream', 502, { retries: 1 }],
    ['/garbage', 'upstream', 502, {}],
    ['/badly-packed', 'upstream', 502, {}],
    ['/circle', 'upstream', 502, {}],
    ['/to?url=ftp://a/', 'upstream', 502, {}],
    ['/to?url=http://10.0.0.1/', 'target_forbidden', 403, {}],
    ['/big?bytes=2000', 'too_large', 413, { maxBytes: 1_000 }],
  ] as const)('%s is %s', async (path, code, status, change) => {
    const error = await failure(direct.get(at(path, change)));
    expect(error).toMatchObject({ name: 'Problem', code, status });
    expect(error.attempts.length).toBe('retries' in change ? change.retries + 1 : 1);
    expect(error.message).not.toMatch(/ERRAND|errand|breaker|redirect\.|guard\./);
  });

  test('a POST is not sent again where it was received', async () => {
    const before = origin.asked.length;
    const body = { bytes: Buffer.from('x'), contentType: 'text/plain' };
    expect(await failure(direct.get(at('/reset?post', { method: 'POST', body })))).toMatchObject({ code: 'upstream' });
    expect(origin.asked.length).toBe(before + 1);
  });

  test('nobody there: tried again, also a POST, since nothing was sent', async () => {
    await using gone = await startOrigin();
    await gone[Symbol.asyncDispose]();
    const error = await failure(direct.get(pageRequest(`${gone.url}/`, { method: 'POST' })));
    expect(error).toMatchObject({ code: 'upstream', retryable: true });
    expect(error.attempts).toHaveLength(3);
  });

  test('targets in private are forbidden, and none of our addresses is told', async () => {
    const error = await failure(direct.get(pageRequest('http://localhost:1/')));
    expect(error).toMatchObject({ code: 'target_forbidden', retryable: false });
    expect(error.message).not.toMatch(/127\.|::1/);
    expect(error.attempts).toEqual([]);
    const port = await failure(direct.get(pageRequest('http://127.0.0.1:25/')));
    expect(port.message).toBe('127.0.0.1:25 may not be asked by this service: port 25 is not one that may be asked.');
  });

  test('the caller goes: the promise is rejected with his reason, and nothing stays', async () => {
    const ending = new AbortController();
    const under = direct.get(at('/silent?gone'), { signal: ending.signal });
    const reason = new Error('gone');
    setTimeout(() => ending.abort(reason), 50);
    expect(await failure(under)).toBe(reason);
  });

  test('an end of the service ends what is under way', async () => {
    await using own = ladder();
    const under = failure(own.get(at('/silent?end')));
    await own.pages.close();
    expect(await under).toMatchObject({ code: 'overloaded' });
    expect(await failure(own.get(at('/page')))).toMatchObject({ code: 'overloaded' });
  });
});

test('robots.txt is asked on every host of a chain; obeyed, reported or ignored', async () => {
  await using strict = await startOrigin({ robots: 'User-agent: *\nDisallow: /page' });
  const path = `/to?url=${encodeURIComponent(`${strict.url}/page`)}`;
  const error = await failure(direct.get(at(path)));
  expect(error).toMatchObject({
    code: 'robots_disallowed',
    status: 403,
    message: expect.stringContaining(strict.host),
  });
  expect(strict.asked).toEqual([]);
  expect((await direct.get(at(path, { robots: 'report' }))).robots).toBe('disallowed');
  expect((await direct.get(at(path, { robots: 'ignore' }))).robots).toBe('ignored');
  expect(await failure(direct.get(pageRequest(`${strict.url}/page`)))).toMatchObject({
    code: 'robots_disallowed',
    attempts: [],
  });
});

describe('by proxies', () => {
  test('a block bans the proxy there and takes another, with another identity', async () => {
    await using a = await startProxy('a');
    await using b = await startProxy('b');
    await using own = ladder({ proxyLines: [a.line, b.line] });
    const page = await own.get(at('/only-by?proxy=b'));
    expect(page.attempts.map(({ proxy, verdict }) => [proxy, verdict])).toEqual([
      ['a', 'block'],
      ['b', 'page'],
    ]);
    expect(new Set(page.attempts.map(({ identity }) => identity)).size).toBe(2);
    expect(own.proxies.hosts()).toMatchObject([
      { host: origin.host, requests: 2, ok: 1, blocked: 1, bans: [{ proxy: 'a' }] },
    ]);
    expect((await own.get(at('/page'))).proxy).toBe('b');
    expect((await own.get(at('/page'))).proxy).toBe('b');
  });

  test('all of them banned: 423 with Retry-After, and the next call goes nowhere', async () => {
    await using a = await startProxy('a');
    await using b = await startProxy('b');
    await using own = ladder({ proxyLines: [a.line, b.line] });
    const error = await failure(own.get(at('/block', { retries: 9 })));
    expect(error).toMatchObject({ code: 'blocked', retryAfter: expect.any(Number), members: { vendor: 'cloudflare' } });
    expect(error.attempts).toHaveLength(2);
    const asked = origin.asked.length;
    expect(await failure(own.get(at('/page')))).toMatchObject({
      code: 'blocked',
      attempts: [],
      retryAfter: expect.any(Number),
    });
    expect(origin.asked.length).toBe(asked);
  });

  test('one that is gone: another one goes, and it rests', async () => {
    await using a = await startProxy('a');
    await using b = await startProxy('b');
    await a.end();
    await using own = ladder({ proxyLines: [a.line, b.line] });
    const page = await own.get(at('/page', { method: 'POST' }));
    expect(page.attempts.map(({ proxy, verdict }) => [proxy, verdict])).toEqual([
      ['a', 'ERRAND_PROXY'],
      ['b', 'page'],
    ]);
    expect(own.proxies.report()).toMatchObject([
      { id: 'a', state: 'cooling', failures: 1 },
      { id: 'b', successes: 1 },
    ]);
  });

  test('a sticky session that is blocked is another one as a whole', async () => {
    await using a = await startProxy('a');
    await using b = await startProxy('b');
    await using own = ladder({ proxyLines: [a.line, b.line] });
    const one = await own.get(at('/cookie-wall', { session: 's' }));
    expect(one).toMatchObject({ session: 's', proxy: 'a' });
    const same = await own.get(at('/echo', { session: 's' }));
    expect([same.proxy, same.identity]).toEqual(['a', one.identity]);
    expect(text(same.fetched)).toContain('"cookie":"seen=1"');
    const moved = await own.get(at('/only-by?proxy=b', { session: 's' }));
    expect(moved.proxy).toBe('b');
    expect(moved.identity).not.toBe(one.identity);
    const after = await own.get(at('/echo', { session: 's' }));
    expect([after.proxy, after.identity]).toEqual(['b', moved.identity]);
    expect(text(after.fetched)).not.toContain('seen=1');
  });
});

test('calls of one session that are blocked together go on as one and the same', async () => {
  await using a = await startProxy('a');
  await using b = await startProxy('b');
  await using c = await startProxy('c');
  await using own = ladder({ proxyLines: [a.line, b.line, c.line] });
  const requests = [1, 2, 3, 4].map((number) => at(`/only-by?proxy=b&n=${number}`, { session: 's', retries: 5 }));
  const pages = await Promise.all(requests.map((request) => own.get(request)));
  expect(pages.map(({ proxy }) => proxy)).toEqual(['b', 'b', 'b', 'b']);
  expect(new Set(pages.map(({ identity }) => identity)).size).toBe(1);
  expect((await own.get(at('/page', { session: 's' }))).identity).toBe(pages[0]?.identity);
});

describe('with a browser', () => {
  const rendered = (visit: Visit): Fetched => ({
    ...{ engine: 'browser', status: 200, url: visit.request.url, history: [], truncated: false },
    headers: [['content-type', 'text/html']],
    body: Buffer.from(pageHtml),
    rendered: { screenshot: undefined, pdf: undefined, screenshots: [], blocked: 0, warnings: [] },
  });
  const browser = playBrowser(async (visit) => {
    await visit.beforeHop(new URL(visit.request.url));
    return rendered(visit);
  });

  test.each(['/shell', '/challenge'])(
    'auto steps up after %s, without paying a try, as the same visitor',
    async (path) => {
      await using own = ladder({ browser });
      const page = await own.get(at(path, { render: 'auto', retries: 0 }));
      expect(page.attempts.map(({ engine }) => engine)).toEqual(['http', 'browser']);
      expect(new Set(page.attempts.map(({ identity }) => identity)).size).toBe(1);
      expect(page.fetched.engine).toBe('browser');
    },
  );

  test('auto does not where a page came', async () => {
    await using own = ladder({ browser });
    expect((await own.get(at('/page', { render: 'auto' }))).attempts).toHaveLength(1);
  });

  test('true begins there; where rendering is off that is said', async () => {
    await using own = ladder({ browser });
    expect((await own.get(at('/shell', { render: true }))).attempts).toMatchObject([{ engine: 'browser' }]);
    expect(await failure(direct.get(at('/page', { render: true })))).toMatchObject({
      code: 'bad_parameter',
      message: /rendering is off/,
    });
  });

  test('one page of a session at a time; who waits too long hears that it is busy', async () => {
    let running = 0;
    let most = 0;
    const slow = playBrowser(async (visit) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 300));
      running--;
      return rendered(visit);
    });
    await using own = ladder({ browser: slow });
    const request = at('/page', { render: true, session: 's' });
    const [one, two, three] = await Promise.all([
      own.get(request),
      own.get(request),
      failure(own.get({ ...request, timeout: 250 })),
    ]);
    expect([one.fetched.status, two.fetched.status, most]).toEqual([200, 200, 1]);
    expect(three).toMatchObject({ code: 'session_busy', status: 409 });
  });
});

describe('captchas', () => {
  test('a solver’s cookies are kept with the session', async () => {
    const seen: unknown[] = [];
    const solver = {
      solve: async (captcha: { html: string; vendor: string | undefined; userAgent: string }) => {
        seen.push([captcha.vendor, captcha.html.includes('captcha-delivery'), captcha.userAgent.length > 0]);
        return { cookies: ['datadome=solved; Path=/'] };
      },
    };
    await using own = ladder({ solver });
    const request = at('/captcha', { onCaptcha: 'solve', session: 's', retries: 0 });
    expect((await own.get(request)).attempts.map(({ verdict }) => verdict)).toEqual(['captcha', 'page']);
    expect((await own.get(request)).attempts).toHaveLength(1);
    expect(seen).toEqual([['datadome', true, true]]);
  });

  test('a solver that fails, or none: 424', async () => {
    const solver = { solve: async () => Promise.reject(new Error('secret')) };
    await using own = ladder({ solver });
    const request = at('/captcha', { onCaptcha: 'solve' });
    expect(await failure(own.get(request))).toMatchObject({ code: 'captcha_required' });
    expect(await failure(direct.get(request))).toMatchObject({ code: 'captcha_required' });
  });

  test('a solver that solves nothing is asked no more than the tries allow', async () => {
    let asked = 0;
    const solver = { solve: async () => ({ cookies: [`useless=${++asked}`] }) };
    await using own = ladder({ solver });
    expect(await failure(own.get(at('/captcha', { onCaptcha: 'solve', retries: 1 })))).toMatchObject({
      code: 'captcha_required',
    });
    expect(asked).toBeLessThanOrEqual(3);
  });

  test('handoff opens a ticket', async () => {
    const tickets = { open: async () => ({ id: 'ticket-1' }) };
    await using own = ladder({ tickets });
    expect(await failure(own.get(at('/captcha', { onCaptcha: 'handoff' })))).toMatchObject({
      code: 'captcha_required',
      members: { ticket: 'ticket-1', vendor: 'datadome' },
    });
  });
});
