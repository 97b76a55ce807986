// `serve` as a process: what it says, who may call it, keys that are made while it runs, and how it ends.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Process, started } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { until } from './support/jobs.js';
import { page, site } from './support/site.js';

vi.setConfig({ testTimeout: 60_000 });

function serve(data: string, ...words: string[]): Process {
  return started(['serve', '--port', '0', '--data', data, '--allow', '127.0.0.1', '--chromium', 'off', ...words]);
}

async function addressOf({ out }: Process): Promise<string> {
  await until(() => expect(out()).toContain('  try '));
  return /address +(\S+?)\/\n/.exec(out())![1]!;
}

test('it says what it did, serves pages, and ends with 0 at SIGTERM once the calls under way are over', async () => {
  let answer = () => {};
  const { url, asked } = await site((request, response) => {
    if (request.url === '/slow') answer = () => page(request, response);
    else page(request, response);
  });
  const data = temporaryFolder();
  const service = serve(data);
  const address = await addressOf(service);
  for (const part of [
    `data      ${data}`,
    'keys      none: only this machine is served',
    'proxies   none',
    'chromium  off',
  ]) {
    expect(service.out()).toContain(part);
  }
  const first = await fetch(`${address}/?url=${encodeURIComponent(`${url}/a`)}`);
  expect([first.status, await first.text()]).toEqual([200, expect.stringContaining('Page /a')]);
  const slow = fetch(`${address}/?url=${encodeURIComponent(`${url}/slow`)}`);
  await until(() => expect(asked).toContain('/slow'));
  service.child.kill('SIGTERM');
  await until(() => expect(service.err()).toContain('SIGTERM: calls under way may end; the same again ends at once.'));
  answer();
  expect((await slow).status).toBe(200);
  expect(await service.ended).toEqual({ code: 0, signal: null });
});

test('a second signal ends it at once', async () => {
  const { url, asked } = await site(() => {});
  const service = serve(temporaryFolder());
  const address = await addressOf(service);
  const call = fetch(`${address}/?url=${encodeURIComponent(`${url}/never`)}`).catch(() => undefined);
  await until(() => expect(asked).toContain('/never'));
  service.child.kill('SIGINT');
  await until(() => expect(service.err()).toContain('SIGINT: calls under way may end'));
  service.child.kill('SIGINT');
  expect(await service.ended).toEqual({ code: 130, signal: null });
  await call;
});

test('a key that is made while it runs is in force within two seconds, and so is its end', async () => {
  const data = temporaryFolder();
  const service = serve(data);
  const address = await addressOf(service);
  expect((await fetch(`${address}/v1/usage`)).status).toBe(200);
  const add = started(['keys', 'add', 'bob', '--quota', '5', '--data', data]);
  expect((await add.ended).code).toBe(0);
  const made = performance.now();
  const headers = { 'x-api-key': add.out().trim() };
  await until(async () => expect((await fetch(`${address}/v1/usage`)).status).toBe(401));
  expect(await (await fetch(`${address}/v1/usage`, { headers })).json()).toMatchObject({
    name: 'bob',
    quota: { limit: 5 },
  });
  expect(performance.now() - made).toBeLessThan(2000);
  expect((await started(['keys', 'revoke', 'bob', '--data', data]).ended).code).toBe(0);
  expect((await fetch(`${address}/v1/usage`, { headers })).status).toBe(401);
});

test('what keeps it from starting is said in one line', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const cases = [
    [
      ['--port', String(port)],
      `page-gateway serve: port ${port} is taken: stop what listens there, or choose another by --port`,
    ],
    [['--host', '0.0.0.0'], 'no key is configured yet: make one with page-gateway keys add NAME'],
    [['--host', '192.0.2.1'], 'page-gateway serve: '],
    [['--proxies', '/nowhere.txt'], '/nowhere.txt cannot be read: there is no such file'],
  ] as const;
  await Promise.all(
    cases.map(async ([words, part]) => {
      const base = ['serve', '--port', '0', '--data', temporaryFolder(), '--chromium', 'off', '--log-level', 'silent'];
      const service = started([
        ...base.filter((word) => words[0] !== '--port' || !['--port', '0'].includes(word)),
        ...words,
      ]);
      expect((await service.ended).code).toBe(1);
      expect(service.err()).toContain(part);
      expect(service.err().trimEnd().split('\n')).toHaveLength(1);
      expect(service.out()).toBe('');
    }),
  );
});
