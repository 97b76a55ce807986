// What machines ask of the service, how it describes itself, and how it ends.
import { Agent, request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import type { AnswerOptions } from '../src/answers/answers.js';
import { Calls } from '../src/answers/calls.js';
import { Problem } from '../src/core/problem.js';
import { describeParameters } from '../src/parameters/describe.js';
import { readPageRequest } from '../src/parameters/read.js';
import { answerTo, keyedDoor, problemIn, startServer } from './support/http-server.js';

const target = encodeURIComponent('https://example.com/');

/** A gate that answers wait at, and that tells how many have come. */
function gate() {
  const seen: AnswerOptions[] = [];
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { seen, open: () => open(), opened };
}

test('health, readiness and figures ask for no key', async () => {
  await using started = await startServer({ keys: keyedDoor({}) });
  expect(await (await fetch(`${started.base}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${started.base}/readyz`)).json()).toEqual({ status: 'ready' });
  expect((await fetch(`${started.base}/metrics`)).headers.get('content-type')).toContain('text/plain');
});

test('the figures count requests, tries and pages', async () => {
  const calls = new Calls();
  await using started = await startServer({
    calls,
    answer: async (request, { id = '', key }) => {
      const call = calls.begin({ id, key: key.name, request });
      call.tried({ engine: 'http', proxy: undefined, identity: 'i', status: 200, verdict: 'page', ms: 30 });
      if (request.url.includes('bad')) {
        call.ended({ code: 'blocked' });
        throw new Problem('blocked', 'No.');
      }
      call.ended({ cache: 'hit' });
      return answerTo(request);
    },
  });
  await fetch(`${started.base}/?url=${target}`);
  await fetch(`${started.base}/?url=${target}bad`);
  const text = async () => (await fetch(`${started.base}/metrics`)).text();
  await expect.poll(text).toContain('page_gateway_requests_total{route="/",status="423",code="blocked"} 1');
  const figures = await text();
  expect(figures).toContain('page_gateway_requests_total{route="/",status="200",code="ok"} 1');
  expect(figures).toContain('page_gateway_attempts_total{engine="http",verdict="page"} 2');
  expect(figures).toContain('page_gateway_pages_total{code="ok",cache="hit"} 1');
  expect(figures).toContain('page_gateway_in_flight 0');
  expect(figures).toMatch(/page_gateway_request_duration_seconds_bucket\{le="0.005",route="\/"\}/);
});

test('the description names every address, parameter and problem', async () => {
  await using started = await startServer();
  const api = (await (await fetch(`${started.base}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<
      string,
      Record<string, { parameters: Array<Record<string, unknown>>; responses: Record<string, unknown> }>
    >;
  };
  expect(api.openapi).toBe('3.1.0');
  for (const path of ['/', '/v1/page', '/v1/usage', '/v1/proxies', '/v1/hosts', '/healthz', '/readyz', '/metrics']) {
    expect(Object.keys(api.paths)).toContain(path);
  }
  const page = api.paths['/v1/page']!;
  expect(Object.keys(page).sort()).toEqual(['delete', 'get', 'head', 'patch', 'post', 'put']);
  const { parameters, responses } = page.get!;
  expect(parameters.map(({ name }) => name)).toEqual(describeParameters().map(({ name }) => name));
  for (const parameter of parameters) {
    expect(parameter).toMatchObject({ in: 'query', required: parameter.name === 'url', schema: expect.any(Object) });
  }
  for (const status of ['200', '400', '401', '423', '424', '429', '504']) {
    expect(responses[status]).toMatchObject({ description: expect.any(String), content: expect.any(Object) });
  }
  expect(JSON.stringify(responses['423'])).toContain('application/problem+json');
  expect(JSON.stringify(api)).not.toContain('"$schema"');
});

test('the defaults that are described are those that are taken', () => {
  const url = 'https://example.com/';
  const spelt = Object.fromEntries(
    describeParameters()
      .filter((each) => each.default !== undefined)
      .map((each) => [each.name, each.default]),
  );
  expect(readPageRequest({ fields: { url, ...spelt } })).toEqual(readPageRequest({ fields: { url } }));
});

test('the page of the description works without the net', async () => {
  await using started = await startServer();
  const response = await fetch(`${started.base}/docs/`);
  expect(response.status).toBe(200);
  const html = await response.text();
  const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
  expect(sources.length).toBeGreaterThan(2);
  for (const source of sources) {
    expect(source).not.toMatch(/^(https?:)?\/\//);
    expect((await fetch(new URL(source, `${started.base}/docs/`))).status, source).toBe(200);
  }
  expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
});

test('a person with a browser sees the dashboard where there is one, and an explanation where there is none', async () => {
  const headers = { accept: 'text/html,*/*;q=0.8' };
  await using without = await startServer();
  expect(await problemIn(await fetch(`${without.base}/`, { headers }))).toMatchObject({
    code: 'bad_parameter',
    parameter: 'url',
  });
  await using started = await startServer({
    keys: keyedDoor({}),
    dashboard: { show: (_request, reply) => reply.type('text/html').send('<title>dashboard</title>') },
    routes: [(app) => void app.get('/dashboard/app.js', async () => 'app')],
  });
  expect(await (await fetch(`${started.base}/`, { headers })).text()).toContain('dashboard');
  expect(await (await fetch(`${started.base}/dashboard/app.js`)).text()).toBe('app');
  expect((await fetch(`${started.base}/?url=${target}`, { headers })).status).toBe(401);
  expect((await fetch(`${started.base}/`)).status).toBe(401);
});

test('a caller who leaves ends the work', async () => {
  const { seen, opened } = gate();
  const door = keyedDoor({ k: [] });
  let aborted = () => {};
  const gone = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  await using started = await startServer({
    keys: door,
    answer: async (_request, options) => {
      seen.push(options);
      options.signal.addEventListener('abort', aborted);
      await Promise.race([opened, gone]);
      throw options.signal.reason;
    },
  });
  const controller = new AbortController();
  const call = fetch(`${started.base}/?url=${target}&key=k`, { signal: controller.signal });
  await expect.poll(() => seen.length).toBe(1);
  controller.abort();
  await expect(call).rejects.toThrow();
  await gone;
  await expect.poll(() => door.log).toEqual(['admit id-k', 'release id-k']);
  await expect.poll(() => started.lines.join('')).toContain('the caller left');
});

test('on the way out: not ready, no new calls, but those under way are answered', async () => {
  const { seen, open, opened } = gate();
  await using started = await startServer({
    answer: async (request, options) => {
      seen.push(options);
      await opened;
      return answerTo(request);
    },
  });
  const running = fetch(`${started.base}/?url=${target}`);
  await expect.poll(() => seen.length).toBe(1);
  const closing = started.server.close(10_000);
  const ready = await fetch(`${started.base}/readyz`);
  expect(ready.headers.get('connection')).toBe('close');
  expect(await problemIn(ready)).toMatchObject({ code: 'overloaded', status: 503 });
  expect(await problemIn(await fetch(`${started.base}/?url=${target}`))).toMatchObject({
    code: 'overloaded',
    retryable: true,
  });
  open();
  expect(await (await running).text()).toBe('<h1>it</h1>');
  await closing;
  await expect(fetch(`${started.base}/healthz`)).rejects.toThrow();
});

test('after the grace, calls under way are ended with a problem', async () => {
  const { seen } = gate();
  await using started = await startServer({
    answer: (_request, options) => {
      seen.push(options);
      return new Promise((_, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason));
      });
    },
  });
  const running = fetch(`${started.base}/?url=${target}`);
  await expect.poll(() => seen.length).toBe(1);
  await started.server.close(50);
  expect(await problemIn(await running)).toMatchObject({ code: 'overloaded', retryable: true });
});

test('connections that idle do not hold up the end', async () => {
  await using started = await startServer();
  const agent = new Agent({ keepAlive: true });
  await new Promise((resolve, reject) => {
    httpRequest(`${started.base}/healthz`, { agent }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
  const began = performance.now();
  await started.server.close(10_000);
  expect(performance.now() - began).toBeLessThan(2000);
  agent.destroy();
});
