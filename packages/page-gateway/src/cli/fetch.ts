// `page-gateway fetch URL`: one page to stdout, without a service that runs. Problems go to stderr, and into the exit code.
import { readFileSync, writeFileSync } from 'node:fs';
import { Problem, type ProblemCode } from '../core/problem.js';
import type { PageOptions } from '../parameters/page-options.js';
import type { Flags, Given, Io, Leaf } from './command.js';
import { pageFlags, readPageFlags } from './page-flags.js';
import { fetchingFlags, readSettings } from './settings.js';
import { watchSignals } from './signals.js';
import { quoted } from './strict.js';
import { UsageError } from './usage-error.js';

const sending: Flags = {
  method: {
    type: 'string',
    valueHint: 'METHOD',
    description: 'Passes through to the target.',
    otherwise: 'GET, or POST with --body',
  },
  body: { type: 'string', valueHint: 'TEXT', description: 'Passes through; @FILE sends a file, @- what comes in.' },
  header: {
    type: 'string',
    many: true,
    valueHint: "'NAME: VALUE'",
    description: 'A header for the target, merged into those of the identity.',
  },
  output: { type: 'string', alias: 'o', valueHint: 'FILE', description: 'Writes there instead of to stdout.' },
  include: { type: 'boolean', alias: 'i', description: "Tells the target's status and what it took, on stderr." },
};

export const fetchCommand: Leaf = {
  name: 'fetch',
  summary: 'Fetches one page and prints it.',
  flags: {
    url: { type: 'positional', description: 'The page: http or https.' },
    ...sending,
    ...pageFlags,
    ...fetchingFlags,
  },
  examples: [
    'page-gateway fetch https://example.com/ --format markdown',
    'page-gateway fetch https://example.com/ --render auto --wait-for-selector "#results" -o page.html',
  ],
  notes: [
    'Exit codes: 0 the page was got (whatever its status); 1 something went wrong here; 2 the command line is wrong; 3 not allowed (robots.txt, the guard); 4 blocked, or a captcha; 5 the target failed, or its page cannot be used; 6 no time, or too busy: try again later.',
  ],
  async run(given, io) {
    const settings = readSettings(given, io);
    const url = targetOf(given.text('url') ?? '');
    // Everything that is wrong with the parameters is said before anything is started.
    readPageFlags(given, url, settings);
    const options = { ...pageOptions(given), ...sendingOptions(given) };
    const ending = watchSignals();
    const { createPageGateway } = await import('../gateway/gateway.js');
    const gateway = await createPageGateway({ logLevel: 'silent', ...settings, port: false });
    try {
      const page = await gateway.page(url, { ...options, signal: ending.signal });
      if (given.on('include')) {
        io.stderr.write(`${page.status} ${page.url} (${page.engine}, ${page.attempts} tried, ${page.elapsed} ms)\n`);
      }
      const output = given.text('output');
      if (output !== undefined) writeFileSync(output, page.bytes);
      else await written(io.stdout, page.bytes);
      return 0;
    } catch (error) {
      if (ending.signal.aborted) return 130;
      return told(error, io);
    } finally {
      await gateway.close();
      ending.stop();
    }
  },
};

const exits: Partial<Record<ProblemCode, number>> = {
  bad_parameter: 2,
  target_forbidden: 3,
  robots_disallowed: 3,
  scope: 3,
  blocked: 4,
  captcha_required: 4,
  upstream: 5,
  too_large: 5,
  unprocessable_document: 5,
  timeout: 6,
  target_rate_limited: 6,
  overloaded: 6,
  session_busy: 6,
};

/** Problems come as such, or as the client's errors with the same code. */
function told(error: unknown, io: Io): number {
  const { code } = error as { code?: unknown };
  const known = error instanceof Error && typeof code === 'string' && code in exits;
  if (!known && !(error instanceof Problem)) throw error;
  io.stderr.write(`page-gateway fetch: ${String(code)}: ${(error as Error).message}\n`);
  for (const { engine, proxy, status, verdict, ms } of (error as Problem).attempts ?? []) {
    const by = proxy === undefined ? 'directly' : `by ${proxy}`;
    io.stderr.write(`  ${engine} ${by}: ${status ?? 'no answer'}, ${verdict}, ${ms} ms\n`);
  }
  return exits[code as ProblemCode] ?? 1;
}

function targetOf(value: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  throw new UsageError(`URL: expected an http or https URL, got ${quoted(value)}`);
}

function pageOptions(given: Given): PageOptions {
  const options: Record<string, string | boolean> = {};
  for (const name of Object.keys(pageFlags)) {
    const value = given.switched(name) ?? given.text(name);
    if (value !== undefined) options[name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  // They are read by the same table as those of a call over HTTP, where all values are text.
  return options as PageOptions;
}

function sendingOptions(given: Given): Pick<PageOptions, 'method' | 'body' | 'headers'> {
  const text = given.text('body');
  const body = text?.startsWith('@') ? readFileSync(text === '@-' ? 0 : text.slice(1)) : text;
  const method = given.text('method')?.toUpperCase() ?? (body === undefined ? undefined : 'POST');
  if (method !== undefined && !/^[A-Z]{1,16}$/.test(method))
    throw new UsageError(`--method: expected a method, got ${quoted(method)}`);
  const headers = Object.fromEntries((given.list('header') ?? []).map(headerOf));
  return {
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function headerOf(line: string): [name: string, value: string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([^\r\n]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--header: expected 'Name: value', got ${quoted(line)}`);
  }
  return [name, value];
}

function written(stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));
}
