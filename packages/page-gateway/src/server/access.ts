// Who is asking: the key in any of the ways it may come, and what it is allowed. Secrets pass through here on their way to
// being compared, and are kept nowhere.
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';
import { openId } from '../keys/keys.js';
import { readKey } from '../parameters/read.js';
import type { Caller, Parts } from './parts.js';
import { queryOf } from './query.js';

/** @throws Problem `bad_key` */
export async function callerOf(request: FastifyRequest, { keys }: Pick<Parts, 'keys'>): Promise<Caller> {
  const caller = await keys.identify(secretOf(request));
  if (caller.id === openId) mustBeNear(request);
  request.caller = caller;
  return caller;
}

export async function callerWith(scope: string, request: FastifyRequest, parts: Pick<Parts, 'keys'>): Promise<Caller> {
  const caller = await callerOf(request, parts);
  mustHave(scope, caller);
  return caller;
}

/** @throws Problem `scope` */
export function mustHave(scope: string, { name, scopes }: Caller): void {
  if (scopes.includes(scope)) return;
  throw new Problem(
    'scope',
    `The key "${name}" lacks the scope ${scope}: use a key that was made with --scope ${scope}.`,
    {
      members: { scope },
    },
  );
}

function secretOf(request: FastifyRequest): string | undefined {
  const { headers } = request;
  const byParameter = readKey({ query: queryOf(request), headers });
  const ways = [byParameter, bearerOf(headers), single(headers['x-api-key'])].filter((each) => each !== undefined);
  if (new Set(ways).size > 1) {
    throw new Problem('bad_parameter', 'auth_key: two different keys were given; give one of them.', {
      members: { parameter: 'auth_key' },
    });
  }
  return ways[0];
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  const [, secret] = /^bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  return secret;
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}

/**
 * Without keys only this machine is served: neither another one, nor a web page in this machine's browser that had its own
 * name point here.
 */
function mustBeNear(request: FastifyRequest): void {
  const { localAddress, remoteAddress } = request.raw.socket;
  if (!isLoopback(localAddress) || !isLoopback(remoteAddress)) {
    throw new Problem(
      'bad_key',
      'No key is configured, so only this machine is served: make one with page-gateway keys add.',
    );
  }
  const name = hostName(request.headers.host ?? '');
  if (name.includes('.') && !name.endsWith('.localhost') && !/^(?:[\d.]+|\[.*)$/.test(name)) {
    throw new Problem(
      'bad_key',
      "No key is configured, so only calls to localhost or an address are served: a name could be anybody's. Make a key with page-gateway keys add.",
    );
  }
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/** `undefined` for connections that are none, such as injected ones. */
function isLoopback(address: string | undefined): boolean {
  return address === undefined || address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
