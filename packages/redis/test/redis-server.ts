// A Redis of a test's own on a free port of loopback; it keeps nothing and ends with the test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const command = process.env.REDIS_SERVER ?? 'redis-server';
export const redisIsHere = spawnSync(command, ['--version']).status === 0;
if (!redisIsHere) console.log('Skipped: redis-server is not here (node scripts/install-servers.mjs installs it)');

export class RedisServer {
  readonly port: number;
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'];
    this.#process = spawn(command, args, { stdio: 'ignore' });
    await until('Redis answers', () => this.#answers());
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
    try {
      const [reply] = await once(socket, 'data');
      return String(reply) === '+PONG\r\n';
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Waits until it is so; fails when it takes too long. */
export async function until(what: string, so: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await so())) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await delay(10);
  }
}
