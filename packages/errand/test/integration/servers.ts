// Starts real servers from the system's packages, each on a free port of this machine with a configuration of its own in a
// folder of its own. Where one is not installed its tests are skipped with the reason; on CI that is a failure.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, test } from 'vitest';

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

function find(command: string): string | undefined {
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}

/** What is to be ended and removed after the tests of a server, the last first. */
const leftovers: Array<() => unknown> = [];

/** The tests of a server, where it is installed; whatever they start is gone when they are over. */
export function describeServer(command: string, tests: (path: string) => void): void {
  const path = find(command);
  if (path !== undefined) {
    describe(command, () => {
      // Here, where the tests are told: a hook that is added while another one runs is never called.
      afterAll(async () => {
        for (let end = leftovers.pop(); end !== undefined; end = leftovers.pop()) await end();
      });
      tests(path);
    });
    return;
  }
  const reason = `${command} is not installed: run \`node scripts/install-servers.mjs\``;
  if (process.env.CI) {
    test(command, () => {
      throw new Error(reason);
    });
  } else {
    describe.skip(`${command} (${reason})`, () => {
      test('skipped', () => {});
    });
  }
}

/** A folder for a server's files, open to the user that it turns into. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'errand-server-'));
  chmodSync(path, 0o777);
  leftovers.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function write(path: string, name: string, text: string | Buffer): string {
  const file = join(path, name);
  writeFileSync(file, text, { mode: 0o644 });
  return file;
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Start {
  readonly port: number;
  /** A file that is shown where the server does not start. */
  readonly log?: string;
}

/** Starts a server in the foreground and waits until it listens. */
export async function start(path: string, args: readonly string[], { port, log }: Start): Promise<void> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      if (output.length < 10_000) output += chunk;
    });
  }
  leftovers.push(() => end(child));
  const deadline = performance.now() + 15_000;
  while (!(await listens(port))) {
    if (child.exitCode === null && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const logged = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8') : '';
    throw new Error(`${path} did not start (exit code ${child.exitCode}): ${output}${logged}`);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await ended;
  clearTimeout(timer);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
