// What an answer tells in headers: ours as `X-Gateway-*`, the target's as `X-Target-*`. What a target sent never reaches a
// caller under its own name, unbounded, or with a character that could end a line.

import type { FastifyRequest } from 'fastify';
import type { Answer } from '../answers/answers.js';
import { hopByHop } from '../core/connection-fields.js';
import type { PageRequest } from '../core/page-request.js';
import type { Problem } from '../core/problem.js';

type Fields = Record<string, string | string[]>;

export function pageHeaders(answer: Answer, request: PageRequest, call: FastifyRequest): Fields {
  const { page, cache } = answer;
  const { fetched } = page;
  return tell(targetHeaders(fetched.headers), {
    status: fetched.status,
    'final-url': withoutCredentials(fetched.url),
    attempts: page.attempts.length,
    engine: fetched.engine,
    identity: page.identity,
    proxy: page.proxy,
    session: page.session,
    cache,
    blocked: page.verdict.kind !== 'page',
    robots: page.robots,
    truncated: fetched.truncated,
    ...aboutCall(call, request.meta),
  });
}

export function problemHeaders(problem: Problem, call: FastifyRequest): Fields {
  const last = problem.attempts.at(-1);
  const fields = tell(
    {},
    {
      ...(last && {
        attempts: problem.attempts.length,
        status: last.status,
        engine: last.engine,
        proxy: last.proxy,
        identity: last.identity,
      }),
      ...(['blocked', 'captcha_required'].includes(problem.code) && { blocked: true }),
      ...aboutCall(call, call.meta),
    },
  );
  if (problem.retryAfter !== undefined) fields['retry-after'] = String(Math.max(0, Math.ceil(problem.retryAfter)));
  if (problem.status === 401) fields['www-authenticate'] = 'Bearer realm="page-gateway"';
  if (Array.isArray(problem.members.allow)) fields.allow = problem.members.allow.join(', ');
  return fields;
}

type Told = Readonly<Record<string, string | number | boolean | undefined>>;

function aboutCall(call: FastifyRequest, meta: unknown): Told {
  return {
    'elapsed-ms': Math.round(performance.now() - call.began),
    'request-id': call.id,
    meta: meta === undefined ? undefined : ascii(JSON.stringify(meta)),
  };
}

/** Adds what we tell to `fields`, under names of ours. */
function tell(fields: Fields, told: Told): Fields {
  for (const name in told) {
    const value = told[name];
    if (value !== undefined) fields[`x-gateway-${name}`] = clean(String(value));
  }
  return fields;
}

function withoutCredentials(url: string): string {
  if (!url.includes('@')) return url;
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
const token = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** Bytes that the target's fields may come to, each one and all of them; most clients take 16 kB in all. */
const longestField = 4096;
const longestHead = 8192;

/** The target's own, in its own order; fields that do not fit are left out as a whole. */
export function targetHeaders(headers: ReadonlyArray<readonly [name: string, value: string]>): Fields {
  const found: Fields = {};
  let room = longestHead;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || lower.startsWith('x-gateway-') || !token.test(lower)) continue;
    const size = lower.length + value.length + 16;
    if (value.length > longestField || size > room) continue;
    room -= size;
    const own = `x-target-${lower}`;
    const before = found[own];
    if (before === undefined) found[own] = clean(value);
    else found[own] = [...(Array.isArray(before) ? before : [before]), clean(value)];
  }
  return found;
}

/** What may stand in a field: no control characters, and nothing beyond Latin-1. */
function clean(value: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}

function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
