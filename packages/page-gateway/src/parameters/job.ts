// Reads what a job is asked to do: the parameters of a page, and one or many URLs. All of it is checked before any of it is
// taken in.
import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Fields } from './gather.js';
import { type PageDefaults, readPageRequest } from './read.js';
import { parameters } from './table.js';

export const mostUrls = 50_000;

export interface JobInput {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly body: Uint8Array | undefined;
  readonly defaults: PageDefaults;
}

export interface ReadJob {
  /** Its url is the first one. */
  readonly request: PageRequest;
  readonly urls: readonly string[];
  readonly callback: string | undefined;
}

/** URLs that are checked without letting others have their turn. */
const stride = 500;

/** @throws Problem `bad_parameter` */
export async function readJob({ query, headers, body, defaults }: JobInput): Promise<ReadJob> {
  const { urls: many, ...rest } = fieldsOf(body);
  if (many === undefined) {
    const { request, callback } = readPageRequest({ query, headers, fields: rest, defaults });
    return { request, urls: [request.url], callback };
  }
  if (rest.url !== undefined || query.has('url') || headers['x-gateway-url'] !== undefined) {
    throw wrong('urls', 'give url or urls, not both');
  }
  if (!Array.isArray(many)) throw wrong('urls', `expected a list of URLs, got ${kindOf(many)}`);
  if (many.length < 1 || many.length > mostUrls) {
    throw wrong('urls', `expected 1 to ${mostUrls} URLs, got ${many.length}`);
  }
  const urls: string[] = [];
  for (const [index, url] of many.entries()) {
    if (index % stride === stride - 1) await nextTurn();
    urls.push(readUrl(url, index));
  }
  const fields: Fields = { ...rest, url: urls[0] };
  const { request, callback } = readPageRequest({ query, headers, fields, defaults });
  return { request, urls, callback };
}

function fieldsOf(body: Uint8Array | undefined): Record<string, unknown> {
  if (body === undefined || body.byteLength === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const reason = (error as Error).message.replace(/[^\x20-\x7e]/g, '·').slice(0, 80);
    throw wrong('body', `expected a JSON object such as {"urls": ["https://example.com/"]} (${reason})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong('body', `expected a JSON object such as {"urls": ["https://example.com/"]}, got ${kindOf(value)}`);
  }
  return value as Record<string, unknown>;
}

function readUrl(value: unknown, index: number): string {
  const read = parameters.url.schema.safeParse(value);
  if (!read.success || read.data === undefined) {
    throw wrong('urls', `[${index}]: expected an absolute http or https URL, got ${shown(value)}`, { index });
  }
  const url = new URL(read.data as string);
  url.hash = '';
  return url.href;
}

function wrong(parameter: string, what: string, members: object = {}): Problem {
  const detail = what.startsWith('[') ? `${parameter}${what}.` : `${parameter}: ${what}.`;
  return new Problem('bad_parameter', detail, { members: { parameter, ...members } });
}

/** A URL may hold credentials and keys, so one that has such places is not shown. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value);
  return /[@?]/.test(value) ? 'something else' : `"${value.slice(0, 80).replace(/[\x00-\x1f\x7f]/g, '·')}"`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
