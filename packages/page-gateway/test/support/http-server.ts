// The gateway's HTTP side over a loopback socket, on stand-ins for what it stands on: tests say what a page is.
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import type { Answer, AnswerOptions } from '../../src/answers/answers.js';
import { Calls } from '../../src/answers/calls.js';
import type { Page } from '../../src/core/page.js';
import type { PageRequest } from '../../src/core/page-request.js';
import { Problem } from '../../src/core/problem.js';
import { makeLog } from '../../src/server/log.js';
import type { Caller, KeyDoor, Parts } from '../../src/server/parts.js';
import { buildServer } from '../../src/server/server.js';

export type Answering = (request: PageRequest, options: AnswerOptions) => Promise<Answer>;

export async function startServer(change: Partial<Parts> & { answer?: Answering } = {}) {
  const { answer = async (request) => answerTo(request), ...rest } = change;
  const lines: string[] = [];
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const server = await buildServer({
    keys: openDoor(),
    answers: { get: answer },
    calls: new Calls(),
    proxies: { report: () => ({ proxies: [] }) },
    hosts: { report: () => ({ hosts: [] }) },
    waiting: () => ({ hosts: 0, browser: 0 }),
    defaults: {},
    log: makeLog({ level: 'debug', to }),
    ...rest,
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const base = `http://127.0.0.1:${port}`;
  return {
    server,
    port,
    base,
    lines,
    async [Symbol.asyncDispose]() {
      await server.close(0);
    },
  };
}

export function openDoor(): KeyDoor {
  const open: Caller = { id: 'open', name: 'open', scopes: ['admin', 'ignore-robots'] };
  return {
    open: true,
    identify: async () => open,
    admit: async () => ({ release: () => {} }),
    refund: async () => {},
    usage: async () => ({ name: 'open' }),
  };
}

/** A door that knows the secrets given, with their scopes; `log` tells what was asked of it. */
export function keyedDoor(secrets: Record<string, readonly string[]>): KeyDoor & { log: string[] } {
  const log: string[] = [];
  return {
    log,
    open: false,
    identify: async (secret) => {
      const scopes = secrets[secret ?? ''];
      if (!scopes) throw new Problem('bad_key', 'No such key.');
      return { id: `id-${secret}`, name: `name-${secret}`, scopes };
    },
    admit: async ({ id }) => {
      log.push(`admit ${id}`);
      return { release: () => log.push(`release ${id}`) };
    },
    refund: async (id, count) => void log.push(`refund ${id} ${count}`),
    usage: async ({ name }) => ({ name }),
  };
}

export function answerTo(
  request: PageRequest,
  change: { body?: string; contentType?: string; fetched?: Partial<Page['fetched']>; page?: Partial<Page> } = {},
): Answer {
  const { body = '<h1>it</h1>', contentType = 'text/html; charset=utf-8' } = change;
  const bytes = Buffer.from(body);
  const page: Page = {
    fetched: {
      engine: 'http',
      status: 200,
      headers: [['content-type', contentType]],
      url: request.url,
      history: [],
      body: bytes,
      truncated: false,
      rendered: undefined,
      ...change.fetched,
    },
    verdict: { kind: 'page', vendor: undefined, confidence: 1, evidence: [], retry: 'never' },
    attempts: [{ engine: 'http', proxy: undefined, identity: 'chrome-1', status: 200, verdict: 'page', ms: 3 }],
    session: undefined,
    identity: 'chrome-1',
    proxy: undefined,
    robots: 'allowed',
    ...change.page,
  };
  return { page, cache: 'miss', body: bytes, contentType };
}

/** Sends bytes as they are, and gives all that comes back until the other side closes. */
export function rawExchange(port: number, text: string | Buffer, { end = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`nothing more came after: ${answer.slice(0, 200)}`)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      answer === '' || error.code === undefined ? reject(error) : resolve(answer),
    );
    socket.on('close', () => resolve(answer));
    socket.write(text);
    if (end) socket.end();
  });
}

export async function problemIn(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json')
    throw new Error(`${response.status} ${type}: ${(await response.text()).slice(0, 300)}`);
  const problem = (await response.json()) as Record<string, unknown>;
  if (problem.status !== response.status)
    throw new Error(`the problem says ${problem.status}, the answer ${response.status}`);
  for (const member of ['type', 'title', 'detail', 'code', 'retryable', 'attempts']) {
    if (!(member in problem)) throw new Error(`the problem has no ${member}`);
  }
  return problem;
}
