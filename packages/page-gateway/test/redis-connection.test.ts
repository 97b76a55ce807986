// The connection to the Redis that gateways share: whatever becomes of Redis, nobody waits in vain, and all goes on when it
// is back.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import { RedisConnection, script } from '../src/redis/connection.js';
import { StoreError } from '../src/store/store-error.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';

async function server(): Promise<RedisServer> {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.kill());
  return redis;
}

async function open(url: string): Promise<RedisConnection> {
  const connection = await RedisConnection.open({ url });
  onTestFinished(() => connection.close());
  return connection;
}

const failure = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);
const add = script("return redis.call('INCRBY', KEYS[1], ARGV[1])");

test.skipIf(withoutRedis)('a server that is killed is missed at once, and found again when it is back', async () => {
  const redis = await server();
  const connection = await open(redis.url);
  const heard: string[] = [];
  await connection.hear(connection.key('said'), (message) => heard.push(message));
  expect(await connection.run(add, [connection.key('n')], ['2'])).toBe(2);
  await redis.kill();
  await until('it is missed', () => !connection.reachable);
  const began = performance.now();
  const problem = (await failure(connection.command('GET', connection.key('n')))) as Problem;
  expect([problem.code, problem.retryAfter, performance.now() - began < 500]).toEqual(['overloaded', 1, true]);
  await redis.start();
  await until('it is found', () => connection.reachable);
  expect(await connection.run(add, [connection.key('n')], ['3'])).toBe(3);
  await until('it is heard', async () => {
    await connection.command('PUBLISH', connection.key('said'), 'again');
    return heard.includes('again');
  });
});

test.skipIf(withoutRedis)(
  'one that stopped answering holds up nobody for long, and its late answers are told',
  async () => {
    const redis = await server();
    const connection = await open(redis.url);
    redis.signal('SIGSTOP');
    const late: unknown[] = [];
    const first = await failure(connection.run(add, [connection.key('n')], ['1'], (answer) => late.push(answer)));
    expect(first).toMatchObject({ code: 'overloaded' });
    expect(connection.reachable).toBe(false);
    const began = performance.now();
    expect(await failure(connection.command('GET', 'a'))).toBeInstanceOf(Problem);
    expect(performance.now() - began).toBeLessThan(500);
    redis.signal('SIGCONT');
    await until('it answers', () => connection.reachable && late.length === 1);
    expect(await connection.command('GET', connection.key('n'))).toBe('1');
  },
);

test.skipIf(withoutRedis)('what Redis says of a wrong command is no outage', async () => {
  const connection = await open((await server()).url);
  await connection.command('SET', connection.key('t'), 'text');
  expect(await failure(connection.command('HGET', connection.key('t'), 'f'))).not.toBeInstanceOf(Problem);
  expect(await connection.bytes('GET', connection.key('t'))).toEqual(Buffer.from('text'));
});

test('where nobody answers, or the URL is none, it says so without the password', async () => {
  const deaf = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  onTestFinished(() => void deaf.close());
  await once(deaf, 'listening');
  const { port } = deaf.address() as { port: number };
  for (const [url, kind] of [
    ['redis://me:hush@127.0.0.1:1', StoreError],
    [`redis://me:hush@127.0.0.1:${port}`, StoreError],
    ['http://me:hush@127.0.0.1', TypeError],
    ['redis://me:hush@', TypeError],
    ['redis://me:hush@127.0.0.1/hush', TypeError],
    ['hush', TypeError],
  ] as const) {
    const error = (await failure(RedisConnection.open({ url }))) as Error;
    expect(error).toBeInstanceOf(kind);
    expect(error.message).not.toContain('hush');
    expect(error.message).not.toContain('\n');
  }
});
