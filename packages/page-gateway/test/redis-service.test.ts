// Two whole gateways on one Redis, asked over HTTP: what a key may do is counted over both, a sign-in holds at both, and an
// outage of Redis is told, survived and forgotten.
import { createPageGateway } from '@errand/page-gateway';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { NewKey } from '../src/keys/keys.js';
import { typed } from './support/command.js';
import { Looker } from './support/dashboard.js';
import { temporaryFolder } from './support/folder.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { page, site } from './support/site.js';

describe.skipIf(withoutRedis)('two gateways on one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  async function gateway(url: string, lines: string[] = []) {
    const started = await createPageGateway({
      ...{ port: 0, data: temporaryFolder(), chromium: 'off', allow: ['127.0.0.1'], redis: url },
      ...{ hostConcurrency: 50, logTo: { write: (line: string) => void lines.push(line) } },
    });
    onTestFinished(() => started.close({ grace: 0 }));
    return started;
  }

  const get = (base: string | undefined, path: string, key?: string) =>
    fetch(`${base}${path}`, { headers: key === undefined ? {} : { 'x-api-key': key } });

  /** What became of so many calls at once, by turns at each gateway. */
  async function calls(count: number, bases: ReadonlyArray<string | undefined>, target: string, key: string) {
    const all = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const asked = `/v1/page?url=${encodeURIComponent(`${target}/${index}`)}`;
        const answer = await get(bases[index % bases.length], asked, key);
        const text = await answer.text();
        return answer.ok ? 'got' : String((JSON.parse(text) as { code: string }).code);
      }),
    );
    return Object.fromEntries(
      [...new Set(all)].sort().map((what) => [what, all.filter((each) => each === what).length]),
    );
  }

  async function keyOf(server: RedisServer, limits: Omit<NewKey, 'name'> = {}): Promise<string> {
    const words = Object.entries(limits).flatMap(([name, value]) => [
      `--${name.replace('scopes', 'scope')}`,
      String(value),
    ]);
    const name = `key ${Math.random()}`;
    const { code, out } = await typed(['keys', 'add', name, '--redis', server.url, ...words]);
    expect(code).toBe(0);
    return out.trim();
  }

  test('a key made on the Redis is known to those that run; its limits are exact over both; revoked is revoked', async () => {
    const [one, other] = [await gateway(redis.url), await gateway(redis.url)];
    const bases = [one.url, other.url];
    expect(await (await get(one.url, '/v1/usage')).json()).toMatchObject({ name: 'open' });
    const origin = await site();
    const first = await keyOf(redis, { quota: 40 });
    await until('both ask for a key', async () => {
      const answers = await Promise.all(bases.map((base) => get(base, '/v1/usage')));
      return answers.every(({ status }) => status === 401);
    });
    expect(await calls(60, bases, origin.url, first)).toEqual({ got: 40, quota_exceeded: 20 });
    expect(await (await get(other.url, '/v1/usage', first)).json()).toMatchObject({
      quota: { limit: 40, used: 40, remaining: 0 },
      concurrency: { inUse: 0 },
    });
    expect(await calls(12, bases, origin.url, await keyOf(redis, { rpm: 7 }))).toEqual({ got: 7, rate_limited: 5 });

    const wrong = await keyOf(redis, { quota: 1 });
    expect((await get(one.url, '/v1/page?url=x', wrong)).status).toBe(400);
    expect(await calls(2, bases, origin.url, wrong)).toEqual({ got: 1, quota_exceeded: 1 });

    const { out } = await typed(['keys', 'list', '--redis', redis.url, '--json']);
    const list = out.trim().split('\n');
    const known = list.map((line) => JSON.parse(line) as { id: string; quota: { used: number } });
    expect(known.map(({ quota }) => quota.used)).toEqual([40, 7, 1]);
    expect((await typed(['keys', 'revoke', known[0]!.id, '--redis', redis.url])).code).toBe(0);
    await until('it is refused', async () => (await get(other.url, '/v1/usage', first)).status === 401);
    expect(await calls(2, bases, origin.url, first)).toEqual({ bad_key: 2 });
  });

  test('calls at once are counted over both, and given back', async () => {
    const [one, other] = [await gateway(redis.url), await gateway(redis.url)];
    const held: Array<() => void> = [];
    const origin = await site((request, response) => void held.push(() => page(request, response)));
    const key = await keyOf(redis, { concurrency: 5 });
    const asked = calls(12, [one.url, other.url], origin.url, key);
    const inUse = async () =>
      ((await (await get(other.url, '/v1/usage', key)).json()) as { concurrency: { inUse: number } }).concurrency.inUse;
    await until('five are under way', () => held.length === 5);
    expect(await inUse()).toBe(5);
    for (const answer of held) answer();
    expect(await asked).toEqual({ got: 5, concurrency: 7 });
    await until('all places are free', async () => (await inUse()) === 0);
  });

  test('who signed in at one dashboard has signed in at the other, and who signed out there, too', async () => {
    const [one, other] = [await gateway(redis.url), await gateway(redis.url)];
    const admin = await keyOf(redis, { scopes: ['admin'] });
    const [looker, elsewhere] = [new Looker(one.url as string), new Looker(other.url as string)];
    await until('keys are asked for', async () => !(await looker.me()).open && !(await elsewhere.me()).open);
    expect((await looker.signIn(admin)).status).toBe(200);
    elsewhere.cookie = looker.cookie;
    expect((await elsewhere.me()).name).toMatch(/^key /);
    await elsewhere.post('sign-out');
    expect((await looker.me()).name).toBeNull();
  });

  test('an outage of Redis is a 503 for keys, is told by readiness and figures, and is over when it is back', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const key = await keyOf(own);
    const lines: string[] = [];
    const { url } = await gateway(own.url, lines);
    const origin = await site();
    const status = async (path: string) => (await get(url, path)).status;
    const reachable = async () =>
      /^page_gateway_redis_reachable (\d)$/m.exec(await (await get(url, '/metrics')).text())?.[1];
    expect([await calls(3, [url], origin.url, key), await status('/readyz'), await reachable()]).toEqual([
      { got: 3 },
      200,
      '1',
    ]);
    own.signal('SIGSTOP');
    await until('it is not ready', async () => (await status('/readyz')) === 503);
    const began = performance.now();
    expect(await calls(20, [url], origin.url, key)).toEqual({ overloaded: 20 });
    expect(performance.now() - began).toBeLessThan(1_000);
    const refused = await get(url, `/?url=${origin.url}`, key);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect([await status('/healthz'), await reachable()]).toEqual([200, '0']);
    own.signal('SIGCONT');
    await until('it is ready', async () => (await status('/readyz')) === 200);
    expect(await calls(3, [url], origin.url, key)).toEqual({ got: 3 });
    const { quota } = (await (await get(url, '/v1/usage', key)).json()) as { quota: { used: number } };
    expect(quota.used).toBe(6);
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(expect.arrayContaining(['the shared Redis is out of reach', 'the shared Redis is back']));
  });

  test('a Redis that was killed comes back empty, and the same keys are known with what they had used', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const key = await keyOf(own, { quota: 8, scopes: ['admin'] });
    const bases = [(await gateway(own.url)).url, (await gateway(own.url)).url];
    const origin = await site();
    const looker = new Looker(bases[0] as string);
    await looker.signIn(key);
    expect(await calls(6, bases, origin.url, key)).toEqual({ got: 6 });
    await own.kill();
    const ready = async () => Promise.all(bases.map(async (base) => (await get(base, '/readyz')).status));
    await until('both miss it', async () => (await ready()).every((status) => status === 503));
    expect(await calls(4, bases, origin.url, key)).toEqual({ overloaded: 4 });
    await own.start();
    await until('both have it again', async () => (await ready()).every((status) => status === 200));
    const used = async (base: string | undefined) =>
      ((await (await get(base, '/v1/usage', key)).json()) as { quota: { used: number } }).quota.used;
    for (const base of bases) await until('it is known what was used', async () => (await used(base)) === 6);
    expect(await calls(5, bases, origin.url, key)).toEqual({ got: 2, quota_exceeded: 3 });
    const later = new Looker((await gateway(own.url)).url as string);
    later.cookie = looker.cookie;
    expect((await later.me()).name).toMatch(/^key /);
  });

  test('a service without keys goes on while Redis is away', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const { url } = await gateway(own.url);
    const origin = await site();
    expect(await calls(2, [url], origin.url, '')).toEqual({ got: 2 });
    await own.kill();
    await until('it is missed', async () => (await get(url, '/readyz')).status === 503);
    expect(await calls(4, [url], origin.url, '')).toEqual({ got: 4 });
    await own.start();
    await until('it is back', async () => (await get(url, '/readyz')).status === 200);
    expect(await calls(2, [url], origin.url, '')).toEqual({ got: 2 });
  });

  test('the keys of a data folder are known on the Redis, with what they have used', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const data = temporaryFolder();
    const key = (await typed(['keys', 'add', 'from before', '--quota', '3', '--data', data])).out.trim();
    const options = { port: 0, data, chromium: 'off', allow: ['127.0.0.1'], logLevel: 'silent' } as const;
    const origin = await site();
    const alone = await createPageGateway(options);
    expect(await calls(1, [alone.url], origin.url, key)).toEqual({ got: 1 });
    await alone.close({ grace: 0 });
    const shared = await createPageGateway({ ...options, redis: own.url });
    onTestFinished(() => shared.close({ grace: 0 }));
    expect(shared.started).toMatchObject({ keys: true, redis: own.url.slice('redis://'.length) });
    const other = await gateway(own.url);
    expect(await calls(4, [shared.url, other.url], origin.url, key)).toEqual({ got: 2, quota_exceeded: 2 });
  });
});
