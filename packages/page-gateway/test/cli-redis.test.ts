// `--redis` on the command line: by flag or variable, for every command that knows keys or fetches; what is wrong with it is
// one line without its password.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { started, typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { site } from './support/site.js';

const wrong = ['http://me:hush@127.0.0.1', '127.0.0.1:6379', 'redis://me:hush@', 'redis://me:hush@127.0.0.1:99999', ''];

test.each(wrong)('the URL %j is none', async (url) => {
  for (const words of [['serve'], ['fetch', 'http://127.0.0.1/'], ['keys', 'list'], ['keys', 'add', 'me']]) {
    const { code, out, err } = await typed([...words, '--redis', url], { PAGE_GATEWAY_DATA: temporaryFolder() });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^page-gateway [^\n]*: --redis: expected redis:\/\/host:port or rediss:\/\/host:port[^\n]*\n$/);
  }
});

test('where nobody answers it says so in one line', async () => {
  const env = { PAGE_GATEWAY_REDIS: 'redis://me:hush@127.0.0.1:1', PAGE_GATEWAY_DATA: temporaryFolder() };
  for (const words of [
    ['serve', '--port', '0'],
    ['fetch', 'http://127.0.0.1/'],
    ['keys', 'list'],
    ['keys', 'add', 'me'],
  ]) {
    const { code, out, err } = await typed(words, env);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^page-gateway [a-z ]+: redis: 127\.0\.0\.1:1 cannot be used \([^\n]+\n$/);
    expect(err).not.toContain('hush');
  }
});

test('a word that is one too many shows no password', async () => {
  expect((await typed(['keys', 'list', 'redis://me:hush@127.0.0.1'])).err).toContain('redis://***@127.0.0.1');
});

describe.skipIf(withoutRedis)('with a Redis', () => {
  async function locked(): Promise<{ url: string; host: string }> {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.kill());
    const client = createClient({ url: redis.url });
    await client.connect();
    await client.configSet('requirepass', 'hush');
    client.destroy();
    return { url: redis.url.replace('//', '//:hush@'), host: redis.url.slice('redis://'.length) };
  }

  test('keys are made, listed and revoked there, in no data folder', async () => {
    const { url, host } = await locked();
    const env = { PAGE_GATEWAY_REDIS: url, PAGE_GATEWAY_DATA: '/nonexistent/folder' };
    expect((await typed(['keys', 'list'], env)).err).toBe('There are no keys: nobody is asked for one.\n');
    const made = await typed(['keys', 'add', 'one', '--rpm', '5', '--scope', 'admin'], env);
    expect(made.out).toMatch(/^pgk_[\w-]{43}\n$/);
    expect(made.err).toContain(`The key "one" is in force (Redis at ${host}).`);
    expect(made.err).toContain('It is the first one');
    expect((await typed(['keys', 'add', 'one'], env)).code).toBe(1);
    const listed = await typed(['keys', 'list', '--json'], env);
    expect(JSON.parse(listed.out)).toMatchObject({ name: 'one', rpm: 5, scopes: ['admin'], revoked: null });
    const ended = await typed(['keys', 'revoke', 'one'], env);
    expect([ended.code, ended.err]).toEqual([0, expect.stringMatching(/^The key "one" \(key_\w+\) is revoked\.\n$/)]);
    expect((await typed(['keys', 'list'], env)).err).toBe('There are no live keys.\n');
    for (const { out, err } of [made, listed, ended]) expect(out + err).not.toContain('hush');
  });

  test('the service names the host it shares with, and never the password', async () => {
    const { url, host } = await locked();
    const service = started(['serve', '--port', '0', '--redis', url, '--data', temporaryFolder(), '--chromium', 'off']);
    await until('it has started', () => service.out().includes('  try '));
    expect(service.out()).toContain(`  redis     ${host}, shared with other gateways\n`);
    const [, base] = /address +(\S+?)\/\n/.exec(service.out()) as unknown as [string, string];
    const api = await (await fetch(`${base}/openapi.json`)).text();
    service.child.kill('SIGTERM');
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(service.err()).toContain(`"redis":"${host}"`);
    expect(service.out() + service.err() + api).not.toContain('hush');
  });

  test('one page, and a file of pages, are fetched by what is shared, without a key', async () => {
    const { url } = await locked();
    const env = { PAGE_GATEWAY_REDIS: url, PAGE_GATEWAY_DATA: temporaryFolder() };
    await typed(['keys', 'add', 'one'], env);
    const origin = await site();
    const words = ['--allow', '127.0.0.1', '--chromium', 'off'];
    const fetched = await typed(['fetch', `${origin.url}/one`, ...words], env);
    expect([fetched.code, fetched.err]).toEqual([0, '']);
    expect(fetched.out).toContain('Page /one');
    const file = join(temporaryFolder(), 'urls.txt');
    writeFileSync(file, `${origin.url}/two\n${origin.url}/three\n`);
    const batch = await typed(['batch', file, '--quiet', ...words], env);
    expect([batch.code, batch.err]).toEqual([0, '']);
    const results = batch.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { ok: boolean; body: string });
    expect(results.map(({ ok, body }) => [ok, /Page \/\w+/.exec(body)?.[0]])).toEqual([
      [true, 'Page /two'],
      [true, 'Page /three'],
    ]);
  });
});
