// The guard proven below the socket: for whatever is refused, nothing was looked up that need not be, and nothing was
// connected; what is connected is what was checked.
import dns from 'node:dns';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { BlockedAddressError, type LookupFunction, Session, type SessionOptions } from 'errand';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { listening, names, type Peer } from './support/peers.js';

/** Every attempt of this process to connect or to look up a name, whoever makes it. */
const attempts: string[] = [];
/** Where connections to an address really go, as if a route or a translator led astray. */
const astray = new Map<string, string>();
const { connect } = net.Socket.prototype;
const { lookup } = dns;

beforeEach(() => {
  astray.clear();
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...options: unknown[]) {
    const [first] = options as [{ host?: string; port?: number } | Array<{ host?: string; port?: number }>];
    const target = Array.isArray(first) ? (first[0] as { host?: string; port?: number }) : first;
    attempts.push(`connect ${target.host}:${target.port}`);
    const elsewhere = astray.get(target.host ?? '');
    if (elsewhere !== undefined) target.host = elsewhere;
    return Reflect.apply(connect, this, options);
  } as typeof connect);
  dns.lookup = ((name: string, ...rest: unknown[]) => {
    attempts.push(`lookup ${name}`);
    return Reflect.apply(lookup, dns, [name, ...rest]);
  }) as typeof lookup;
  syncBuiltinESMExports();
});

afterEach(() => {
  vi.restoreAllMocks();
  dns.lookup = lookup;
  syncBuiltinESMExports();
});

function session(options: SessionOptions = {}): Session {
  const made = new Session({ retry: false, ...options });
  attempts.length = 0;
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

/** A server of this machine; the requests that came. */
async function inside(): Promise<Peer & { asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    response.end('secret');
  });
  return Object.assign(await listening(server), { asked });
}

async function blocked(answer: Promise<unknown>): Promise<BlockedAddressError> {
  const error = await answer.then(
    () => new Error('it was let through'),
    (caught) => caught,
  );
  expect(error).toBeInstanceOf(BlockedAddressError);
  return error;
}

describe('literals', () => {
  test.each(['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'x.localhost.', '127.1'])(
    '%s: nothing is looked up or connected',
    async (host) => {
      const { port, asked } = await inside();
      const error = await blocked(session().get(`http://${host}:${port}/`));
      expect(error).toMatchObject({ code: 'ERRAND_BLOCKED_ADDRESS', retryable: false, attempts: 0 });
      expect(attempts).toEqual([]);
      expect(asked).toEqual([]);
    },
  );
});

describe('names', () => {
  test('that resolve to this machine: looked up once, nothing connected', async () => {
    const { port, asked } = await inside();
    const dnsNames = names({ 'a.test': ['127.0.0.1'] });
    const error = await blocked(session({ dns: { lookup: dnsNames } }).get(`http://a.test:${port}/`));
    expect(error).toMatchObject({ address: '127.0.0.1', reason: 'a.test resolves to it, and it is this machine' });
    expect(dnsNames.asked).toEqual(['a.test']);
    expect(attempts).toEqual([]);
    expect(asked).toEqual([]);
  });

  test.each([
    [['1.1.1.1', '10.0.0.1']],
    [['10.0.0.1', '1.1.1.1']],
    [['2606:4700:4700::1111', '::ffff:169.254.169.254']],
    [['fe80::1%eth0']],
  ])('one private address among %j refuses the name', async (addresses) => {
    await blocked(session({ dns: { lookup: names({ 'a.test': addresses }) } }).get('http://a.test/'));
    expect(attempts).toEqual([]);
  });

  test('that would be public first and this machine afterwards are resolved once, and what was checked is connected', async () => {
    const { port, asked } = await inside();
    let times = 0;
    const rebinding: LookupFunction = async () => {
      times++;
      return [{ address: times === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    const made = session({ dns: { lookup: rebinding }, guard: { allow: ['127.0.0.1/32'] } });
    expect(await made.get(`http://a.test:${port}/`).text()).toBe('secret');
    expect(times).toBe(1);
    expect(attempts).toEqual([`connect 127.0.0.1:${port}`]);
    expect(asked).toHaveLength(1);
  });

  test('that turn to this machine later are refused then', async () => {
    const { port } = await inside();
    let address = '127.0.0.1';
    const turning: LookupFunction = async () => [{ address, family: 4 }];
    const options = {
      dns: { lookup: turning, ttl: 0 },
      guard: { allow: ['127.0.0.1'] },
      connection: { maxRequests: 1 },
    };
    const made = session(options);
    await made.get(`http://a.test:${port}/`);
    address = '127.0.0.2';
    await blocked(made.get(`http://a.test:${port}/`));
    expect(attempts).toEqual([`connect 127.0.0.1:${port}`]);
  });
});

describe('the connected socket has the last word', () => {
  test('what is connected elsewhere than asked is refused before a byte is sent', async () => {
    const { port, asked, sockets } = await inside();
    astray.set('1.1.1.1', '127.0.0.1');
    const error = await blocked(session().get(`http://1.1.1.1:${port}/`));
    expect(error).toMatchObject({ address: '127.0.0.1' });
    await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]), 10_000);
    expect(asked).toEqual([]);
  });
});

describe('redirects', () => {
  test('every hop is looked at', async () => {
    const { port, asked } = await inside();
    const away = await listening(
      http.createServer((_request, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
      }),
    );
    await blocked(session({ guard: { allow: [`127.0.0.1:${away.port}`] } }).get(`http://127.0.0.1:${away.port}/`));
    expect(attempts).toEqual([`connect 127.0.0.1:${away.port}`]);
    expect(asked).toEqual([]);
  });
});

describe('what is allowed', () => {
  test('the origin of baseUrl, and no other port', async () => {
    const { port } = await inside();
    const made = session({ baseUrl: `http://127.0.0.1:${port}/` });
    expect(await made.get('x').text()).toBe('secret');
    await blocked(made.get(`http://127.0.0.1:${port + 1}/`));
  });

  test('a host that is allowed, and whatever it resolves to', async () => {
    const { port } = await inside();
    const made = session({ guard: { allow: ['a.test'] }, dns: { lookup: names({ 'a.test': ['127.0.0.1'] }) } });
    expect(await made.get(`http://a.test:${port}/`).text()).toBe('secret');
  });

  test('localhost where an address of this machine is allowed, by that address only', async () => {
    const { port } = await inside();
    for (const allow of ['127.0.0.0/8', '127.0.0.1', `127.0.0.1:${port}`]) {
      const made = session({ guard: { allow: [allow] } });
      expect(await made.get(`http://localhost:${port}/`).text()).toBe('secret');
      expect(attempts).toEqual([`connect 127.0.0.1:${port}`]);
    }
    await blocked(session({ guard: { allow: ['127.0.0.2'] } }).get(`http://localhost:${port}/`));
  });

  test('everything without a guard', async () => {
    const { port } = await inside();
    expect(await session({ guard: false }).get(`http://127.0.0.1:${port}/`).text()).toBe('secret');
    expect(await session().get(`http://127.0.0.1:${port}/`, { guard: false }).text()).toBe('secret');
  });
});

describe('connections of others', () => {
  test('one that was opened without a guard carries nothing for a call with one', async () => {
    const { port, asked } = await inside();
    const made = session({ guard: false, dns: { lookup: names({ 'a.test': ['127.0.0.1'] }) } });
    await made.get(`http://a.test:${port}/one`);
    await blocked(made.get(`http://a.test:${port}/two`, { guard: {} }));
    expect(asked).toEqual([`a.test:${port}/one`]);
  });
});

interface Case {
  readonly id: number;
  readonly url: string;
  readonly blocked: boolean;
  readonly layer?: string;
  readonly dns?: readonly string[];
}

const shared = new URL('../../../../shared/cases/addresses.json', import.meta.url);
const cases: Case[] = existsSync(shared) ? JSON.parse(readFileSync(shared, 'utf8')) : [];

test.skipIf(cases.length === 0)('none of the collected cases that must be refused is connected', async () => {
  attempts.length = 0;
  for (const { url, dns: answer, layer } of cases.filter((each) => each.blocked)) {
    const addresses = (answer ?? []).map((address) => ({ address, family: net.isIP(address) as 4 | 6 }));
    const made = new Session({ retry: false, dns: { lookup: async () => addresses } });
    const error = await Promise.resolve()
      .then(() => made.get(url))
      .catch((caught) => caught);
    if (layer === 'parse' || layer === 'scheme') expect(error, url).toBeInstanceOf(TypeError);
    else expect(error, url).toBeInstanceOf(BlockedAddressError);
    await made.close({ grace: 0 });
  }
  expect(attempts).toEqual([]);
});
