// The session's fetch in the hands of libraries that take one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as octokit } from '@octokit/request';
import { Session } from 'errand';
import ky, { HTTPError } from 'ky';
import { createFetch, FetchError } from 'ofetch';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;
let session: Session;
let flaky = 0;
beforeAll(async () => {
  server = await serve(answer);
  session = new Session({ guard: false, retry: false, timeout: '5s' });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += piece;
  const json = (value: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const path = (request.url as string).split('?')[0];
  if (path === '/repos/o/r') json({ full_name: 'o/r', agent: request.headers['user-agent'] });
  else if (path === '/missing') json({ message: 'Not Found' }, 404);
  else if (path === '/flaky') json({ tries: ++flaky }, flaky < 2 ? 503 : 200);
  else if (path === '/moved') response.writeHead(307, { location: '/echo' }).end();
  else if (path === '/v1/chat/completions') complete(JSON.parse(body) as { stream?: boolean }, response);
  else json({ method: request.method, body, query: request.url?.split('?')[1], type: request.headers['content-type'] });
}

function complete({ stream }: { stream?: boolean }, response: ServerResponse): void {
  if (!stream) {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ id: '1', choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' } }] }),
    );
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  for (const content of ['Hi', ' there']) {
    response.write(`data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: { content } }] })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

test('openai: an answer, and one that is streamed', async () => {
  const openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${server.url}/v1`, fetch: session.fetch, maxRetries: 0 });
  const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] };
  const whole = await openai.chat.completions.create(question);
  expect(whole.choices[0]?.message.content).toBe('Hi there');
  let text = '';
  for await (const piece of await openai.chat.completions.create({ ...question, stream: true }))
    text += piece.choices[0]?.delta.content ?? '';
  expect(text).toBe('Hi there');
});

test('@octokit/request: an answer, and an error with its status', async () => {
  const github = octokit.defaults({ baseUrl: server.url, request: { fetch: session.fetch } });
  const { data } = await github('GET /repos/{owner}/{repo}', { owner: 'o', repo: 'r' });
  expect(data.full_name).toBe('o/r');
  await expect(github('GET /missing')).rejects.toMatchObject({ status: 404 });
});

test('ky: a body, its own retry, hooks and a timeout', async () => {
  const api = ky.create({ prefixUrl: server.url, fetch: session.fetch, retry: { limit: 2, backoffLimit: 1 } });
  expect(await api.post('echo', { json: { a: 1 }, searchParams: { q: 'x' } }).json()).toEqual({
    method: 'POST',
    body: '{"a":1}',
    query: 'q=x',
    type: 'application/json',
  });
  expect(await api.get('flaky').json()).toEqual({ tries: 2 });
  expect(await api.post('moved', { json: { a: 1 } }).json()).toMatchObject({ method: 'POST', body: '{"a":1}' });
  await expect(api.get('missing')).rejects.toThrow(HTTPError);
});

test('ofetch: a body, a query, and an error with its data', async () => {
  const ofetch = createFetch({ fetch: session.fetch, Headers, AbortController });
  expect(
    await ofetch('/echo', { baseURL: server.url, method: 'PUT', body: { a: 1 }, query: { q: 'x' } }),
  ).toMatchObject({
    method: 'PUT',
    body: '{"a":1}',
    query: 'q=x',
  });
  const error = await ofetch('/missing', { baseURL: server.url, retry: 0 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FetchError);
  expect(error.data).toEqual({ message: 'Not Found' });
});
