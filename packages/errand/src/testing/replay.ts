// A recording played back: each request gets what the same request got then, in the order of that time.
import { readFile } from 'node:fs/promises';
import { showUrl } from '../core/redact.js';
import {
  ConnectError,
  DecodeError,
  DisconnectedError,
  DnsError,
  type ErrandError,
  ProtocolError,
  ProxyError,
  TimeoutError,
  TlsError,
} from '../errors.js';
import type { Reply } from './reply.js';
import { type ScriptedWeb, scriptedWeb } from './scripted-web.js';
import { type FailureCode, readBody, type TapeEntry, type TapeError, tapeHead } from './tape.js';

/**
 * A network that answers as the recorded one did: a request of the same method and URL (with the values of secret query
 * names left out) gets the answer that was recorded for it, the second such request the second answer, and so on. A request
 * that was not recorded, or not so often, fails loudly.
 * @throws Error where the file is no recording.
 * @example const session = (await replay('test/github.jsonl')).session();
 */
export async function replay(file: string): Promise<ScriptedWeb> {
  const web = scriptedWeb();
  const groups = new Map<string, TapeEntry[]>();
  for (const entry of readTape(await readFile(file, 'utf8'), file)) {
    const key = `${entry.method} ${entry.url}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  for (const entries of groups.values()) {
    const { method, url } = entries[0] as TapeEntry;
    const isRecorded = Object.assign((asked: URL) => showUrl(asked) === url, { toString: () => url });
    web.on(method, isRecorded, entries.map(replyOf)).times(entries.length);
  }
  return web;
}

function readTape(text: string, file: string): TapeEntry[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const [head, ...entries] = lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new Error(`${file}: line ${index + 1} is not JSON; expected a recording made by record()`);
    }
  });
  const { format, version } = (head ?? {}) as { format?: unknown; version?: unknown };
  if (format !== tapeHead.format || version !== tapeHead.version)
    throw new Error(`${file}: expected a recording made by record(), of version ${tapeHead.version}`);
  entries.forEach((entry, index) => {
    const { method, url } = (entry ?? {}) as Partial<TapeEntry>;
    if (typeof method !== 'string' || typeof url !== 'string')
      throw new Error(`${file}: line ${index + 2} has no method and URL`);
  });
  return entries as TapeEntry[];
}

function replyOf(entry: TapeEntry): Reply {
  const { status, statusText = '', headers = [], error, omitted, cut } = entry;
  if (error !== undefined) return { fail: () => errorFrom(error) };
  if (omitted !== undefined) {
    return {
      fail: () => new Error(`the body of ${entry.method} ${entry.url} was too long to be recorded (${omitted} bytes)`),
    };
  }
  const body = readBody(entry);
  return { status: status ?? 200, statusText, headers, body: cut === true ? cutShort(body) : body };
}

/** The reader left at this point then. */
async function* cutShort(body: Uint8Array): AsyncGenerator<Uint8Array> {
  if (body.length > 0) yield body;
  throw new DisconnectedError('the recording of this body ends here');
}

function errorFrom({ code, message, ...facts }: TapeError): Error {
  const make: Make | undefined = errors[code as FailureCode];
  const details = typeof facts.retryable === 'boolean' ? { retryable: facts.retryable } : {};
  return make === undefined ? new Error(`recorded: ${code}: ${message}`) : make(message, details, facts);
}

type Make = (message: string, details: { retryable?: boolean }, facts: Record<string, unknown>) => ErrandError;

const errors: Record<FailureCode, Make> = {
  ERRAND_DNS: (message, details) => new DnsError(message, details),
  ERRAND_CONNECT: (message, details, { addresses }) =>
    new ConnectError(message, { ...details, addresses: Array.isArray(addresses) ? addresses.map(String) : [] }),
  ERRAND_TLS: (message, details) => new TlsError(message, details),
  ERRAND_DISCONNECTED: (message, details) => new DisconnectedError(message, details),
  ERRAND_PROTOCOL: (message, details) => new ProtocolError(message, details),
  ERRAND_DECODE: (message, details) => new DecodeError(message, details),
  ERRAND_PROXY: (message, details, { reason, status }) =>
    new ProxyError(reason as ProxyError['reason'], message, {
      ...details,
      ...(typeof status === 'number' ? { status } : undefined),
    }),
  ERRAND_TIMEOUT: (_, details, { phase, limit }) =>
    new TimeoutError(phase as TimeoutError['phase'], Number(limit), details),
};
