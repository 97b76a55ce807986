// Every setting by its flag and by its variable: the flag wins, an empty variable is none.

import { runCommand } from 'citty';
import { expect, test } from 'vitest';
import { cittyOf, type Given } from '../src/cli/command.js';
import { fetchingFlags, readSettings, type Settings, servingFlags } from '../src/cli/settings.js';
import { checked } from '../src/cli/strict.js';

async function settingsOf(words: readonly string[], env: Record<string, string> = {}): Promise<Settings> {
  const flags = { ...servingFlags, ...fetchingFlags };
  let found: Settings | undefined;
  const run = async (given: Given) => {
    found = readSettings(given, { env });
    return 0;
  };
  const io = { stdout: process.stdout, stderr: process.stderr, env };
  const command = cittyOf({ name: 'serve', summary: '', flags, run }, io, () => {});
  await runCommand(command, { rawArgs: checked(words, flags) });
  return found as Settings;
}

const all = {
  port: ['9000', 9000],
  host: ['0.0.0.0', '0.0.0.0'],
  data: ['/var/data', '/var/data'],
  redis: ['redis://me:hush@redis.test:6379/2', 'redis://me:hush@redis.test:6379/2'],
  proxies: ['proxies.txt', 'proxies.txt'],
  allow: ['a.test:80,10.0.0.0/8', ['a.test:80', '10.0.0.0/8']],
  'host-concurrency': ['7', 7],
  'host-delay': ['2s', 2000],
  'robots-default': ['report', 'report'],
  chromium: ['off', 'off'],
  'render-concurrency': ['3', 3],
  'log-level': ['debug', 'debug'],
} as const;

const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const variable = (name: string) => `PAGE_GATEWAY_${name.toUpperCase().replaceAll('-', '_')}`;
const expected = Object.fromEntries(Object.entries(all).map(([name, [, value]]) => [camel(name), value]));

test('every flag is read', async () => {
  const words = Object.entries(all).flatMap(([name, [value]]) => [`--${name}`, value]);
  expect(await settingsOf(words)).toEqual(expected);
  expect(Object.keys({ ...servingFlags, ...fetchingFlags }).sort()).toEqual(Object.keys(all).sort());
});

test('every variable is read, and a flag wins over it', async () => {
  const env = Object.fromEntries(Object.entries(all).map(([name, [value]]) => [variable(name), value]));
  expect(await settingsOf([], env)).toEqual(expected);
  expect(await settingsOf(['--port=1', '--allow', 'b.test'], env)).toEqual({ ...expected, port: 1, allow: ['b.test'] });
});

test('without any of them only the data folder is known, the same for every command', async () => {
  expect(await settingsOf([], { XDG_DATA_HOME: '/x', PAGE_GATEWAY_PORT: '', PAGE_GATEWAY_DATA: '' })).toEqual({
    data: '/x/page-gateway',
  });
});

test('what may be repeated is collected, with and without commas, and written with underscores too', async () => {
  const { allow, hostDelay } = await settingsOf(['--allow', 'a, b', '--allow=c', '--host_delay', '250']);
  expect([allow, hostDelay]).toEqual([['a', 'b', 'c'], 250]);
});
