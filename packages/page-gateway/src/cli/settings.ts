// Every setting of the service in one place: its flag, its variable of the environment, its default and how it is read. A
// flag wins over its variable; an empty variable is none.
import { parseDuration } from 'errand';
import { defaultFolder } from '../store/default-folder.js';
import type { Flag, Flags, Given, Io } from './command.js';
import { dataFlag } from './data-folder.js';
import { commaSeparated, oneOf, wholeNumber } from './numbers.js';
import { redisFlag, redisUrl } from './redis-flag.js';
import { quoted } from './strict.js';
import { UsageError } from './usage-error.js';

/** What `createPageGateway` takes, as far as the command line says it. */
export interface Settings {
  readonly port?: number;
  readonly host?: string;
  readonly data: string;
  readonly redis?: string;
  readonly proxies?: string;
  readonly allow?: readonly string[];
  readonly hostConcurrency?: number;
  readonly hostDelay?: number;
  readonly robotsDefault?: 'obey' | 'report' | 'ignore';
  readonly chromium?: string;
  readonly renderConcurrency?: number;
  readonly logLevel?: LogLevel;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How pages are fetched: what `serve`, `fetch` and `batch` have in common. */
export const fetchingFlags: Flags = flagsWithVariables({
  data: dataFlag,
  redis: redisFlag,
  proxies: {
    type: 'string',
    valueHint: 'FILE',
    description:
      'A proxy URL a line (http, https, socks5), then its labels: country=de pool=premium id=de-1. # begins a remark.',
    otherwise: 'pages are asked for directly',
  },
  allow: {
    type: 'string',
    many: true,
    valueHint: 'HOST',
    description: 'A private target that may be asked all the same: HOST, HOST:PORT or a CIDR.',
    otherwise: 'public addresses only',
  },
  'host-concurrency': {
    type: 'string',
    valueHint: 'N',
    description: 'Pages under way at once at one host.',
    otherwise: '4',
  },
  'host-delay': {
    type: 'string',
    valueHint: 'TIME',
    description: 'Between the starts of two pages at one host: milliseconds, or 500ms, 2s.',
    otherwise: '0',
  },
  'robots-default': {
    type: 'string',
    valueHint: 'WORD',
    description: 'What robots.txt counts for where a call does not say: obey, report or ignore.',
    otherwise: 'obey',
  },
  chromium: {
    type: 'string',
    valueHint: 'PATH',
    description: 'The browser that renders, or off.',
    otherwise: 'the one that is found',
  },
  'render-concurrency': {
    type: 'string',
    valueHint: 'N',
    description: 'Pages rendered at once.',
    otherwise: 'by cores and memory',
  },
});

export const servingFlags: Flags = flagsWithVariables({
  port: { type: 'string', valueHint: 'PORT', description: 'Where to listen; 0 takes a free one.', otherwise: '8787' },
  host: {
    type: 'string',
    valueHint: 'ADDRESS',
    description: 'The address to listen at. Anything but loopback needs a key first.',
    otherwise: '127.0.0.1',
  },
  'log-level': {
    type: 'string',
    valueHint: 'LEVEL',
    description: `One of ${logLevels.join(', ')}.`,
    otherwise: 'info',
  },
});

export function readSettings(given: Given, { env }: Pick<Io, 'env'>): Settings {
  const value = <T>(name: string, read: (value: string, source: string) => T): T | undefined => {
    const typed = given.text(name);
    if (typed !== undefined) return read(typed, `--${name}`);
    const variable = variableOf(name);
    return env[variable] ? read(env[variable], variable) : undefined;
  };
  const count = (max: number) => (text: string, source: string) => wholeNumber(text, source, { min: 1, max });
  const allow = given.list('allow') ?? (env[variableOf('allow')] ? [env[variableOf('allow')]!] : undefined);
  return defined({
    port: value('port', (text, source) => wholeNumber(text, source, { min: 0, max: 65_535 })),
    host: value('host', filled),
    data: value('data', filled) ?? defaultFolder(env),
    redis: value('redis', redisUrl),
    proxies: value('proxies', filled),
    allow: allow && commaSeparated(allow),
    hostConcurrency: value('host-concurrency', count(10_000)),
    hostDelay: value('host-delay', duration),
    robotsDefault: value('robots-default', (text, source) => oneOf(text, source, ['obey', 'report', 'ignore'])),
    chromium: value('chromium', filled),
    renderConcurrency: value('render-concurrency', count(1_000)),
    logLevel: value('log-level', (text, source) => oneOf(text, source, logLevels)),
  });
}

function variableOf(name: string): string {
  return `PAGE_GATEWAY_${name.toUpperCase().replaceAll('-', '_')}`;
}

function flagsWithVariables(flags: Flags): Flags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]): [string, Flag] => [name, { ...flag, env: variableOf(name) }]),
  );
}

function filled(value: string, source: string): string {
  if (value.trim() === '') throw new UsageError(`${source}: expected a value, got an empty one`);
  return value;
}

function duration(value: string, source: string): number {
  try {
    const milliseconds = parseDuration(/^\d+$/.test(value) ? Number(value) : value, source);
    if (Number.isFinite(milliseconds)) return milliseconds;
  } catch {
    // Told below, in the words of a command line.
  }
  throw new UsageError(`${source}: expected milliseconds or a time such as 500ms or 2s, got ${quoted(value)}`);
}

/** Without the members that are `undefined`, which stand for "as by default". */
function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, each]) => each !== undefined)) as never;
}
