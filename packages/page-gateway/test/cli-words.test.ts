// What the command line understands, and how it says what it does not: help at each level, one clear line and exit code 2 for
// what is wrong.
import { expect, test } from 'vitest';
import { typed } from './support/command.js';

test.each([
  [['--help'], ['Usage:', 'page-gateway COMMAND', 'serve', 'fetch', 'batch', 'keys', 'proxies']],
  [
    ['help', 'keys'],
    ['page-gateway keys COMMAND', 'add', 'list', 'revoke'],
  ],
  [
    ['keys', 'add', '--help'],
    ['page-gateway keys add NAME [flags]', '--rpm N', '--scope SCOPES', 'may be repeated'],
  ],
  [
    ['serve', '-h'],
    ['--port PORT', 'default: 8787', 'PAGE_GATEWAY_PORT', '--allow HOST', 'PAGE_GATEWAY_ALLOW'],
  ],
  [
    ['serve', '--port', '1', '--help'],
    ['--robots-default WORD', 'Examples:', 'NODE_EXTRA_CA_CERTS'],
  ],
  [
    ['fetch', '--help'],
    ['--render', '--only-main-content', '--js-scenario', 'Exit codes: 0 the page was got'],
  ],
  [
    ['batch', '--help'],
    ['--out FILE', '--extract-rules', 'Exit codes:'],
  ],
  [
    ['proxies', 'check', '--help'],
    ['[FILE]', '--via URL', 'api.ipify.org'],
  ],
])('help of %j', async (words, parts) => {
  const { code, out, err } = await typed(words);
  expect([code, err]).toEqual([0, '']);
  const flat = out.replace(/\s+/g, ' ');
  for (const part of parts) expect(flat).toContain(part);
  for (const line of out.split('\n').filter((each) => !each.startsWith('  page-gateway'))) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
});

test('the version is told alone', async () => {
  for (const flag of ['--version', '-v']) {
    expect(await typed([flag])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  }
});

test.each([
  [[], 'Usage:'],
  [['keys'], 'page-gateway keys COMMAND'],
])('without a command the help goes to stderr: %j', async (words, part) => {
  const { code, out, err } = await typed(words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(part);
});

test.each([
  [['srve'], 'page-gateway: unknown command "srve", did you mean serve?'],
  [['keys', 'ad'], 'page-gateway keys: unknown command "ad", did you mean add?'],
  [['completely-else'], 'page-gateway: unknown command "completely-else"'],
  [['--port', '1'], 'page-gateway: a command comes first, not "--port"'],
  [['serve', '--prot', '1'], 'page-gateway serve: unknown flag "--prot", did you mean --port?'],
  [['serve', '--host-concurency=3'], 'did you mean --host-concurrency?'],
  [['serve', 'here'], 'page-gateway serve: one argument too many: "here"'],
  [['serve', '--port'], 'page-gateway serve: --port needs a value: --port PORT'],
  [['serve', '--port', '1', '--port', '2'], '--port was given 2 times'],
  [['serve', '--port', 'x'], '--port: expected a whole number from 0 to 65535, got "x"'],
  [['serve', '--port=-1'], '--port: expected a whole number from 0 to 65535, got "-1"'],
  [['serve', '--host='], '--host: expected a value, got an empty one'],
  [['serve', '--host-delay', 'soon'], '--host-delay: expected milliseconds or a time such as 500ms or 2s, got "soon"'],
  [['serve', '--robots-default', 'maybe'], '--robots-default: expected obey, report, ignore, got "maybe"'],
  [['serve', '--log-level', 'loud'], '--log-level: expected fatal, error, warn'],
  [['keys', 'add'], 'page-gateway keys add: NAME is missing'],
  [['keys', 'add', 'a', '--rpm', '0'], '--rpm: expected a whole number from 1'],
  [['keys', 'add', 'a', '--scope', 'admin,root'], '--scope: expected admin, ignore-robots, got "root"'],
  [['keys', 'add', 'a\nb'], 'NAME: expected 1 to 64 visible characters, got "a?b"'],
  [['keys', 'list', '--json=maybe'], '--json is true or false, not "maybe"'],
  [['fetch'], 'page-gateway fetch: URL is missing'],
  [['fetch', 'ftp://a/'], 'URL: expected an http or https URL, got "ftp://a/"'],
  [['fetch', 'http://a.test/', '--format', 'word'], 'format: expected one of html'],
  [['fetch', 'http://a.test/', '--render', 'false', '--format', 'pdf'], 'render: render=false does without a browser'],
  [['fetch', 'http://a.test/', '--header', 'nonsense'], '--header: expected \'Name: value\', got "nonsense"'],
  [['batch'], 'FILE is missing'],
  [['batch', '/nowhere/urls.txt'], 'FILE: "/nowhere/urls.txt" is not there'],
  [['proxies', 'check'], 'a list of proxies is missing'],
])('%j is refused in one line', async (words, part) => {
  const { code, out, err } = await typed(words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(part);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('a wrong variable of the environment is named', async () => {
  const { code, err } = await typed(['serve'], { PAGE_GATEWAY_PORT: 'x' });
  expect(code).toBe(2);
  expect(err).toContain('PAGE_GATEWAY_PORT: expected a whole number');
});
