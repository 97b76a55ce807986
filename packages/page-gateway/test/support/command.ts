// The command line as a person uses it: in this process with streams that are listened to, or as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import { root } from '../../src/cli/main.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function typed(words: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [collected(stdout), collected(stderr)];
  const code = await runCommandLine(root, words, { stdout, stderr, env });
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err };
}

async function collected(stream: PassThrough): Promise<string> {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

const program = fileURLToPath(new URL('../../bin/page-gateway.js', import.meta.url));

export interface Process {
  readonly child: ChildProcess;
  /** What it has said until now. */
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Needs the package to be built. */
export function started(words: readonly string[], env: Record<string, string> = {}): Process {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, ...words], {
    stdio: 'pipe',
    env: { PATH, HOME: '/nonexistent', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, out: () => out, err: () => err, ended };
}
