import { RedirectError } from 'errand';
import { describe, expect, it } from 'vitest';
import { fieldOf, noFields } from '../src/core/headers.js';
import type { HttpRequest } from '../src/core/request.js';
import type { HttpResponse } from '../src/core/response.js';
import { redirect } from '../src/middleware/redirect/redirect.js';
import { answer, bodyOf, Pieces, requestTo } from './support/scripted.js';

type Script = (request: HttpRequest, count: number) => HttpResponse;

/** Sends `request` through the redirect middleware over a scripted end; keeps what arrived there. */
function walk(request: HttpRequest, script: Script, parts?: Parameters<typeof redirect>[0]) {
  const seen: HttpRequest[] = [];
  const handler = redirect(parts)(async (each) => {
    seen.push(each);
    if (seen.length > 100) throw new Error('the chain never ends');
    return script(each, seen.length);
  });
  return { seen, response: handler(request) };
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as RedirectError,
  );

const follow = (max: number) => ({ redirect: { mode: 'follow', max, allowDowngrade: false } as const });

describe('how far redirects are followed', () => {
  const chain: Script = (request) => {
    const at = Number(request.url.pathname.slice(1));
    return answer(request, 302, { location: `/${at + 1}` });
  };

  it.each([10, 1, 0])('follows exactly %i', async (max) => {
    const ends: Script = (request, count) => (count === max + 1 ? answer(request, 200) : chain(request, count));
    const within = walk(requestTo('http://a.test/0', { policy: follow(max) }), ends);
    expect((await within.response).status).toBe(200);
    expect(within.seen).toHaveLength(max + 1);

    const beyond = walk(requestTo('http://a.test/0', { policy: follow(max) }), chain);
    const error = await rejection(beyond.response);
    expect(error).toBeInstanceOf(RedirectError);
    expect(error.reason).toBe('too-many');
    expect(error.location).toBe(`http://a.test/${max + 1}`);
    expect(beyond.seen).toHaveLength(max + 1);
    expect(error.history).toHaveLength(max);
  });

  it('tells the way in history, fit to be shown', async () => {
    const { response } = walk(requestTo('http://u:p@a.test/0?token=t'), (request, count) =>
      count < 3 ? answer(request, 300 + count, { location: `/${count}?api_key=k` }) : answer(request, 200),
    );
    expect((await response).history).toEqual([
      { url: 'http://a.test/0?token=***', status: 301 },
      { url: 'http://a.test/1?api_key=***', status: 302 },
    ]);
  });

  it('returns the redirect in mode manual, and refuses it in mode error', async () => {
    const manual = walk(
      requestTo('http://a.test/0', { policy: { redirect: { ...follow(5).redirect, mode: 'manual' } } }),
      chain,
    );
    expect((await manual.response).status).toBe(302);
    expect(manual.seen).toHaveLength(1);
    const refused = walk(
      requestTo('http://a.test/0', { policy: { redirect: { ...follow(5).redirect, mode: 'error' } } }),
      chain,
    );
    expect(await rejection(refused.response)).toMatchObject({ reason: 'mode', location: 'http://a.test/1' });
  });

  it.each([301, 302, 303, 307, 308])('takes a %i without Location as the response', async (status) => {
    const { response } = walk(requestTo('http://a.test/'), (request) => answer(request, status));
    expect((await response).status).toBe(status);
  });

  it.each([300, 304, 305, 306])('does not follow a %i', async (status) => {
    const { response, seen } = walk(requestTo('http://a.test/'), (request) =>
      answer(request, status, { location: '/x' }),
    );
    expect((await response).status).toBe(status);
    expect(seen).toHaveLength(1);
  });

  it('closes the streamed body of a redirect that is followed, and of one that is refused', async () => {
    const bodies: Pieces[] = [];
    const script: Script = (request, count) => {
      const body = new Pieces('moved');
      bodies.push(body);
      return answer(request, count < 3 ? 302 : 200, { location: `/${count}` }, body);
    };
    await walk(requestTo('http://a.test/0', { streaming: true }), script).response;
    expect(bodies.map((body) => body.closed)).toEqual([true, true, false]);

    bodies.length = 0;
    await rejection(walk(requestTo('http://a.test/0', { streaming: true, policy: follow(0) }), script).response);
    expect(bodies.map((body) => body.closed)).toEqual([true]);
  });

  it('stops when the call is over', async () => {
    const controller = new AbortController();
    const { response, seen } = walk(requestTo('http://a.test/0', { signal: controller.signal }), (request, count) => {
      controller.abort();
      return chain(request, count);
    });
    expect((await rejection(response)).code).toBe('ERRAND_ABORTED');
    expect(seen).toHaveLength(1);
  });
});

describe('circles', () => {
  it('finds one that leads back to the same method and URL', async () => {
    const { response, seen } = walk(requestTo('http://a.test/0#part'), (request) =>
      answer(request, 302, { location: request.url.pathname === '/0' ? '/1' : '/0#other' }),
    );
    expect(await rejection(response)).toMatchObject({ reason: 'loop', location: 'http://a.test/0' });
    expect(seen).toHaveLength(2);
  });

  it('goes on while cookies change, and stops when they no longer do', async () => {
    const { response, seen } = walk(requestTo('http://a.test/login'), (request, count) => {
      if (count <= 3) request.call.cookieChanges++;
      return answer(request, 302, { location: '/login' });
    });
    expect((await rejection(response)).reason).toBe('loop');
    expect(seen).toHaveLength(4);
  });

  it('takes another method for another request', async () => {
    const { response, seen } = walk(
      requestTo('http://a.test/form', { method: 'POST', body: bodyOf('x') }),
      (request) => (request.method === 'POST' ? answer(request, 303, { location: '/form' }) : answer(request, 200)),
    );
    expect((await response).status).toBe(200);
    expect(seen.map((each) => each.method)).toEqual(['POST', 'GET']);
  });
});

describe('methods and bodies', () => {
  const table: Array<[number, string, string, boolean]> = [
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', false],
    [307, 'POST', 'POST', true],
    [308, 'POST', 'POST', true],
    [301, 'PUT', 'PUT', true],
    [302, 'DELETE', 'DELETE', true],
    [303, 'PUT', 'GET', false],
    [303, 'DELETE', 'GET', false],
    [302, 'PATCH', 'PATCH', true],
    [307, 'PATCH', 'PATCH', true],
  ];
  const fields = ['Content-Type', 'text/plain', 'content-language', 'et', 'X-Own', '1', 'Idempotency-Key', 'k'];

  it.each(table)('%i turns %s into %s', async (status, method, then, keeps) => {
    const request = requestTo('http://a.test/', { method, fields, body: bodyOf('text') });
    const { response, seen } = walk(request, (each, count) =>
      count === 1 ? answer(each, status, { location: '/next' }) : answer(each, 200),
    );
    await response;
    const next = seen[1] as HttpRequest;
    expect(next.method).toBe(then);
    expect(next.body).toBe(keeps ? request.body : undefined);
    expect(next.fields).toEqual(keeps ? fields : fields.slice(4));
  });

  it.each([301, 302, 303, 307, 308])('%i leaves GET and HEAD what they are', async (status) => {
    for (const method of ['GET', 'HEAD']) {
      const { response, seen } = walk(requestTo('http://a.test/', { method }), (each, count) =>
        count === 1 ? answer(each, status, { location: '/next' }) : answer(each, 200),
      );
      await response;
      expect(seen[1]?.method).toBe(method);
    }
  });

  it('refuses to send a body again that can be sent once only', async () => {
    const once = requestTo('http://a.test/', { method: 'PUT', body: bodyOf('x', false) });
    const { response, seen } = walk(once, (each) => answer(each, 307, { location: '/next' }));
    expect((await rejection(response)).reason).toBe('body');
    expect(seen).toHaveLength(1);
    const dropped = requestTo('http://a.test/', { method: 'PUT', body: bodyOf('x', false) });
    const see = walk(dropped, (each, count) =>
      count === 1 ? answer(each, 303, { location: '/n' }) : answer(each, 200),
    );
    expect((await see.response).status).toBe(200);
  });
});

describe('across origins', () => {
  const secrets = ['Authorization', 'Bearer s', 'Cookie', 'sid=1', 'X-Api-Key', 'k', 'Host', 'a.test', 'Referer', 'r'];
  const safe = ['Accept', 'text/html', 'Accept-Language', 'et', 'User-Agent', 'ua', 'Cache-Control', 'no-cache'];

  it.each([
    ['http://b.test/', 'another host'],
    ['http://a.test:81/', 'another port'],
    ['https://a.test/', 'another scheme'],
  ])('takes only safe fields to %s (%s)', async (location) => {
    const request = requestTo('http://a.test/', { fields: [...secrets, ...safe, 'content-type', 'text/plain'] });
    const { response, seen } = walk(request, (each, count) =>
      count === 1 ? answer(each, 302, { location }) : answer(each, 200),
    );
    await response;
    expect(seen[1]?.fields).toEqual(safe);
  });

  it('keeps every field within the origin', async () => {
    const { response, seen } = walk(requestTo('http://a.test/', { fields: secrets }), (each, count) =>
      count === 1 ? answer(each, 307, { location: 'http://A.test:80/x' }) : answer(each, 200),
    );
    await response;
    expect(seen[1]?.fields).toEqual(secrets);
  });

  it('does not take the body along, unless asked to', async () => {
    const post = (crossOriginBody: boolean) =>
      requestTo('http://a.test/', {
        method: 'POST',
        body: bodyOf('text'),
        fields: ['content-type', 'text/plain', 'x-own', '1'],
        policy: { redirect: { ...follow(5).redirect, crossOriginBody } },
      });
    const script: Script = (each, count) =>
      count === 1 ? answer(each, 308, { location: 'http://b.test/' }) : answer(each, 200);
    expect(await rejection(walk(post(false), script).response)).toMatchObject({
      reason: 'body',
      location: 'http://b.test/',
    });
    const { response, seen } = walk(post(true), script);
    await response;
    expect(seen[1]?.body?.length).toBe(4);
    expect(seen[1]?.fields).toEqual(['content-type', 'text/plain']);
  });

  it('brings back what belongs to an origin when a hop comes to it, and nothing that the caller had for it', async () => {
    const fieldsFor = (url: URL) => (url.host === 'a.test' ? ['x-session', '1', 'accept', 'any'] : noFields);
    const request = requestTo('http://a.test/', { fields: ['x-session', '1', 'accept', 'mine', 'x-call', '2'] });
    const script: Script = (each, count) =>
      count < 3
        ? answer(each, 302, { location: count === 1 ? 'http://b.test/' : 'http://a.test/back' })
        : answer(each, 200);
    const { response, seen } = walk(request, script, { fieldsFor });
    await response;
    expect(seen[1]?.fields).toEqual(['accept', 'mine']);
    expect(fieldOf(seen[2]?.fields ?? [], 'x-session')).toBe('1');
    expect(fieldOf(seen[2]?.fields ?? [], 'accept')).toBe('mine');
    expect(fieldOf(seen[2]?.fields ?? [], 'x-call')).toBeUndefined();
  });

  it('does not go from https to http unless allowed', async () => {
    const script: Script = (each, count) =>
      count === 1 ? answer(each, 302, { location: 'http://a.test/' }) : answer(each, 200);
    expect(await rejection(walk(requestTo('https://a.test/'), script).response)).toMatchObject({ reason: 'downgrade' });
    const policy = { redirect: { ...follow(5).redirect, allowDowngrade: true } };
    expect((await walk(requestTo('https://a.test/', { policy }), script).response).status).toBe(200);
  });
});
