// What the tests stand on: a sandbox with a bot on it, a web to fetch from, and a log that can be read.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bot, type BotOptions, type Command, command, type Log, runBot } from '@errand/discord';
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import { type ChatInputCommandInteraction, SlashCommandBuilder } from 'discord.js';
import type { Session } from 'errand';

export interface Entry {
  readonly level: 'error' | 'warn' | 'info';
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

/** A log that keeps what it is told. */
export class Recorder implements Log {
  readonly entries: Entry[] = [];

  error(facts: Record<string, unknown>, message: string): void {
    this.entries.push({ level: 'error', facts, message });
  }

  warn(facts: Record<string, unknown>, message: string): void {
    this.entries.push({ level: 'warn', facts, message });
  }

  info(facts: Record<string, unknown>, message: string): void {
    this.entries.push({ level: 'info', facts, message });
  }

  of(level: Entry['level']): Entry[] {
    return this.entries.filter((entry) => entry.level === level);
  }

  get text(): string {
    return JSON.stringify(this.entries);
  }
}

export interface Web extends AsyncDisposable {
  readonly url: string;
  /** The paths that were asked. */
  readonly asked: string[];
}

/** A web server on this machine. */
export async function startWeb(listener: RequestListener): Promise<Web> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Execute = (interaction: ChatInputCommandInteraction, web: Session) => ReturnType<Command['execute']>;

/** A command without options, or with those that `define` adds. */
export function simple(
  name: string,
  execute: Execute,
  more: Partial<Omit<Command, 'data' | 'execute'>> = {},
  define: (builder: SlashCommandBuilder) => unknown = () => {},
): Command {
  const data = new SlashCommandBuilder().setName(name).setDescription(`The command ${name}`);
  define(data);
  return command({ ...more, data, execute });
}

export interface Stage extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly bot: Bot;
  readonly log: Recorder;
}

/** A sandbox with a running bot; the guard lets it fetch from this machine. */
export async function stage(
  commands: Command[],
  { heartbeatInterval, ...options }: Partial<BotOptions> & { heartbeatInterval?: number } = {},
): Promise<Stage> {
  const sandbox = await startSandbox({ playground: false, ...(heartbeatInterval ? { heartbeatInterval } : {}) });
  const log = new Recorder();
  const bot = await runBot({
    token: sandbox.token,
    rest: sandbox.rest,
    session: { guard: { allow: ['127.0.0.1'] } },
    signals: false,
    log,
    ...options,
    commands,
  });
  return {
    sandbox,
    bot,
    log,
    async [Symbol.asyncDispose]() {
      await bot.stop();
      await sandbox.close();
    },
  };
}

/** A promise, and how to settle it. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
