// SOCKS5 (RFC 1928) with or without a username and a password (RFC 1929). Only CONNECT is asked for.
import type { Socket } from 'node:net';
import type { ProxyRoute } from '../../core/route.js';
import { ProxyError } from '../../errors.js';
import { readAddress } from '../../kit/ip-address.js';
import { converse, notAProxy, type ReadAnswer } from './converse.js';
import type { Scope } from './scope.js';

const version = 5;
const noCredentials = 0;
const usernameAndPassword = 2;
const nothingAcceptable = 0xff;

/** @throws ProxyError */
export async function socksTunnel(
  scope: Scope,
  socket: Socket,
  proxy: ProxyRoute,
  host: string,
  port: number,
): Promise<void> {
  const methods = proxy.username === undefined ? [noCredentials] : [noCredentials, usernameAndPassword];
  const greeting = Buffer.from([version, methods.length, ...methods]);
  const method = await converse(scope, socket, proxy, greeting, pair(proxy, version));
  if (method === usernameAndPassword && proxy.username !== undefined) await authenticate(scope, socket, proxy);
  else if (method === nothingAcceptable) throw unauthorized(proxy);
  else if (method !== noCredentials) throw notAProxy(proxy, `it chose a method (${method}) that was not offered`);
  const code = await converse(scope, socket, proxy, request(host, port), reply(proxy));
  if (code !== 0) throw refused(proxy, code, `${host}:${port}`);
}

async function authenticate(scope: Scope, socket: Socket, proxy: ProxyRoute): Promise<void> {
  const username = Buffer.from(proxy.username ?? '');
  const password = Buffer.from(proxy.password ?? '');
  const question = Buffer.concat([Buffer.of(1, username.length), username, Buffer.of(password.length), password]);
  const status = await converse(scope, socket, proxy, question, pair(proxy, 1)).catch((error) => {
    // Some refuse a password by closing the connection.
    throw error instanceof ProxyError && error.reason === 'unreachable' ? unauthorized(proxy, error) : error;
  });
  if (status !== 0) throw unauthorized(proxy);
}

function unauthorized(proxy: ProxyRoute, cause?: unknown): ProxyError {
  const message =
    proxy.username === undefined
      ? `the proxy ${proxy.show} asks for a username and a password`
      : `the proxy ${proxy.show} does not accept the username and the password`;
  return new ProxyError('credentials', message, { retryable: false, cause });
}

/** An answer of two bytes, the first of which is known: the second one. */
function pair(proxy: ProxyRoute, first: number): ReadAnswer<number> {
  return (received) => {
    if (received.length > 0 && received[0] !== first) throw notAProxy(proxy, 'it does not speak SOCKS5');
    return received.length < 2 ? undefined : { value: received[1] as number, length: 2 };
  };
}

const connect = 1;
const ipv4 = 1;
const domain = 3;
const ipv6 = 4;

function request(host: string, port: number): Buffer {
  const address = readAddress(host);
  const name = Buffer.from(host);
  const target =
    address === undefined
      ? Buffer.concat([Buffer.of(domain, name.length), name])
      : Buffer.of(address.family === 4 ? ipv4 : ipv6, ...address.bytes);
  return Buffer.concat([Buffer.of(version, connect, 0), target, Buffer.of(port >> 8, port & 0xff)]);
}

/** The reply's code; the address that it is bound to is of no interest. */
function reply(proxy: ProxyRoute): ReadAnswer<number> {
  return (received) => {
    if (received.length > 0 && received[0] !== version) throw notAProxy(proxy, 'it does not speak SOCKS5');
    if (received.length < 2) return undefined;
    const code = received[1] as number;
    // A refusal may come without an address, and the connection is of no more use anyway.
    if (code !== 0) return { value: code, length: received.length };
    if (received.length < 5) return undefined;
    const length = addressLength(received[3] as number, received[4] as number);
    if (length === undefined) throw notAProxy(proxy, 'its reply has an address of an unknown kind');
    const whole = 4 + length + 2;
    return received.length < whole ? undefined : { value: code, length: whole };
  };
}

function addressLength(kind: number, first: number): number | undefined {
  if (kind === ipv4) return 4;
  if (kind === ipv6) return 16;
  return kind === domain ? 1 + first : undefined;
}

const codes: Record<number, { text: string; passing: boolean }> = {
  1: { text: 'general failure', passing: true },
  2: { text: 'not allowed by its rules', passing: false },
  3: { text: 'network unreachable', passing: true },
  4: { text: 'host unreachable', passing: true },
  5: { text: 'connection refused', passing: true },
  6: { text: 'no answer', passing: true },
  7: { text: 'it does not connect at all', passing: false },
  8: { text: 'it does not know this kind of address', passing: false },
};

function refused(proxy: ProxyRoute, code: number, target: string): ProxyError {
  const { text, passing } = codes[code] ?? { text: 'unknown reply', passing: false };
  return new ProxyError(
    'target',
    `the proxy ${proxy.show} did not connect to ${target}: ${text} (SOCKS5 reply ${code})`,
    {
      retryable: passing,
    },
  );
}
