import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { type Stage, startAll } from './start-all.js';

let stage: Stage;
let closedPort: number;
let log: MockInstance<typeof console.error>;

beforeAll(async () => {
  closedPort = await portThatWasClosed();
  stage = await startAll({
    allow: [`127.0.0.1:${closedPort}`],
    session: {
      timeout: { headers: 300 },
      retry: { attempts: 2, backoff: { base: 1, max: 1 } },
      dns: {
        lookup: async (name) => {
          throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
        },
      },
    },
  });
});
afterAll(() => stage[Symbol.asyncDispose]());
beforeEach(() => {
  log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());

interface Case {
  readonly what: string;
  readonly command: string;
  readonly options: () => Record<string, string>;
  readonly says: RegExp;
  readonly logs: RegExp[];
}

const path = (rest: string) => () => ({ url: `${stage.web.origin}${rest}` });
const cases: Case[] = [
  {
    what: 'an unknown host',
    command: 'page',
    options: () => ({ url: 'https://nobody.invalid/?token=hush' }),
    says: /could not find that site/,
    logs: [/ERRAND_DNS/, /method=GET/, /host=nobody\.invalid/, /phase=dns/, /attempt=\d/],
  },
  {
    what: 'a refused connection',
    command: 'page',
    options: () => ({ url: `http://127.0.0.1:${closedPort}/` }),
    says: /could not reach the site/,
    logs: [/ERRAND_CONNECT/, /phase=connect/, /attempt=2/],
  },
  {
    what: 'a host that never answers',
    command: 'page',
    options: path('/stall?password=hush'),
    says: /took too long/,
    logs: [/ERRAND_TIMEOUT/, /phase=headers/],
  },
  {
    what: 'a failing host',
    command: 'page',
    options: path('/failing'),
    says: /has a problem at the moment/,
    logs: [/ERRAND_HTTP_STATUS/, /status=500/],
  },
  {
    what: 'an answer that is not JSON',
    command: 'define',
    options: () => ({ word: 'garbled' }),
    says: /could not read/,
    logs: [/ERRAND_(PARSE|CONTENT_TYPE)/, /phase=body/],
  },
  {
    what: 'a private address',
    command: 'page',
    options: () => ({ url: 'http://169.254.169.254/latest/meta-data/' }),
    says: /not allowed to open that address/,
    logs: [/ERRAND_BLOCKED_ADDRESS/, /host=169\.254\.169\.254/, /phase=guard/],
  },
  {
    what: 'this machine, on a port that is not the demo web’s',
    command: 'page',
    options: () => ({ url: 'http://127.0.0.1:1/' }),
    says: /not allowed to open that address/,
    logs: [/ERRAND_BLOCKED_ADDRESS/],
  },
  {
    what: 'something that is no address',
    command: 'page',
    options: () => ({ url: 'http://[nonsense' }),
    says: /not a web address/,
    logs: [/ERR_INVALID_URL/],
  },
  {
    what: 'an address of another scheme',
    command: 'http',
    options: () => ({ method: 'GET', url: 'file:///etc/passwd' }),
    says: /not a web address/,
    logs: [/ERR_INVALID_URL/],
  },
  {
    what: 'an endless body',
    command: 'page',
    options: path('/endless'),
    says: /too large/,
    logs: [/ERRAND_BODY_TOO_LARGE/],
  },
  {
    what: 'a redirect that leads to itself',
    command: 'page',
    options: path('/loop'),
    says: /leads in circles/,
    logs: [/ERRAND_REDIRECT/],
  },
];

it.each(cases)('answers $what in one private sentence, logs it typed, and lives on', async (each) => {
  const reply = await stage.sandbox.slash(each.command, each.options());
  expect(reply.error).toBeUndefined();
  expect(reply).toMatchObject({ ephemeral: true, embeds: [] });
  expect(reply.content).toMatch(each.says);
  expect(reply.content).not.toMatch(/ERRAND|Error|hush|127\.0\.0\.1/);
  const lines = log.mock.calls.map((call) => call.join(' '));
  expect(lines).toHaveLength(1);
  for (const part of each.logs) expect(lines[0]).toMatch(part);
  expect(lines[0]).not.toContain('hush');
  const next = await stage.sandbox.slash('define', { word: 'errand' });
  expect(next.embeds).toHaveLength(1);
});

it('shows a site that is down as down, without calling it an error', async () => {
  const reply = await stage.sandbox.slash('status', { url: `http://127.0.0.1:${closedPort}/` });
  expect(reply.embeds[0]?.title).toMatch(/^🔴 .* is down$/u);
  expect(reply.embeds[0]?.description).toMatch(/could not reach/);
  expect(log).not.toHaveBeenCalled();
});

function portThatWasClosed(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
