// The guard's rules: deny beats allow, allow beats the default, a port in allow beats the ports, however a host is spelled.
import { BlockedAddressError } from 'errand';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../src/middleware/guard/addresses.js';
import { guard } from '../src/middleware/guard/guard.js';
import { type GuardOptions, type GuardTrust, resolveGuard } from '../src/middleware/guard/policy.js';
import { answer, requestTo } from './support/scripted.js';

function refuses(options: GuardOptions, url: string, trust?: GuardTrust): boolean {
  const policy = resolveGuard(options, trust);
  const verdict = policy.refuseUrl(new URL(url)) !== undefined;
  expect(policy.refuseUrl(new URL(url)) !== undefined, 'remembered').toBe(verdict);
  return verdict;
}

describe('by default', () => {
  test.each([
    'http://localhost/',
    'http://localhost:3000/',
    'https://LocalHost./',
    'http://a.b.localhost/',
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254./latest/meta-data/',
    'http://１２７.０.０.１/',
    'http://user@127.0.0.1/',
  ])('%s is refused by its name', (url) => {
    expect(refuses({}, url)).toBe(true);
  });

  test.each([
    'http://example.com/',
    'https://1.1.1.1/',
    'http://[2606:4700:4700::1111]/',
    'http://localhost.example.com/',
  ])('%s is let through', (url) => {
    expect(refuses({}, url)).toBe(false);
  });

  test.each([0, 22, 25, 53, 143, 6000, 6667, 10080])('port %i is refused on any host', (port) => {
    expect(refuses({}, `http://example.com:${port}/`)).toBe(true);
  });

  test.each([80, 443, 8080, 8443, 3000])('port %i is let through', (port) => {
    expect(refuses({}, `http://example.com:${port}/`)).toBe(false);
  });
});

test('however an IPv4 address is written in a URL, the verdict is that of the address', () => {
  const policy = resolveGuard();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      const verdict = refusalOf(bytes.join('.')) !== undefined;
      const octal = (byte: number) => `0${byte.toString(8)}`;
      const notations = [
        String(value),
        `0x${value.toString(16)}`,
        octal(value),
        bytes.map(octal).join('.'),
        bytes.map((byte) => `0X${byte.toString(16)}`).join('.'),
        `${a}.${b}.${(c << 8) | d}`,
        `${a}.${value & 0xffffff}`,
        `${bytes.join('%2e')}.`,
        bytes.join('。'),
        `user:${a}@${bytes.join('.')}`,
        `[::ffff:${bytes.join('.')}]`,
        `[64:ff9b::${bytes.join('.')}]`,
      ];
      for (const host of notations) expect(policy.refuseUrl(new URL(`http://${host}/`)) !== undefined).toBe(verdict);
    }),
  );
});

describe('allow', () => {
  test('a host may be asked at any port that may be asked, whatever its addresses', () => {
    const policy = resolveGuard({ allow: ['grafana.internal'] });
    expect(policy.refuseAddress('10.0.0.1', 'grafana.internal', 3000)).toBeUndefined();
    expect(policy.refuseAddress('10.0.0.1', 'GRAFANA.internal.'.toLowerCase(), 3000)).toBeUndefined();
    expect(policy.refuseAddress('10.0.0.1', 'other.internal', 3000)).toBeDefined();
    expect(policy.trustsHost('grafana.internal', 3000)).toBe(true);
    expect(policy.trustsHost('other.internal', 3000)).toBe(false);
    expect(policy.refuseUrl(new URL('http://grafana.internal:25/'))).toBeDefined();
  });

  test('host:port is that port only, and beats the ports', () => {
    const options = { allow: ['localhost:3000', 'mail.example:25'] };
    expect(refuses(options, 'http://localhost:3000/')).toBe(false);
    expect(refuses(options, 'http://localhost:3001/')).toBe(true);
    expect(refuses(options, 'http://mail.example:25/')).toBe(false);
    expect(refuses({ ...options, ports: [443] }, 'http://localhost:3000/')).toBe(false);
    expect(refuses({ ...options, ports: [443] }, 'http://localhost:3001/')).toBe(true);
  });

  test('the port of the scheme counts where the URL names none', () => {
    const options = { allow: ['localhost:443'] };
    expect(refuses(options, 'https://localhost/')).toBe(false);
    expect(refuses(options, 'http://localhost/')).toBe(true);
    expect(refuses({ allow: ['localhost:80'] }, 'https://localhost/')).toBe(true);
  });

  test('*.host is what is below it, not the host', () => {
    const policy = resolveGuard({ allow: ['*.internal.test'] });
    expect(policy.refuseAddress('10.0.0.1', 'a.b.internal.test', 80)).toBeUndefined();
    expect(policy.refuseAddress('10.0.0.1', 'internal.test', 80)).toBeDefined();
    expect(policy.refuseAddress('10.0.0.1', 'evilinternal.test', 80)).toBeDefined();
  });

  test('a CIDR range covers literals and resolved addresses', () => {
    const policy = resolveGuard({ allow: ['10.1.0.0/16', 'fd00:1::/32'] });
    expect(policy.refuseUrl(new URL('http://10.1.2.3/'))).toBeUndefined();
    expect(policy.refuseUrl(new URL('http://10.2.2.3/'))).toBeDefined();
    expect(policy.refuseUrl(new URL('http://[fd00:1::1]/'))).toBeUndefined();
    expect(policy.refuseUrl(new URL('http://[::ffff:10.1.2.3]/'))).toBeUndefined();
    expect(policy.refuseAddress('10.1.2.3', 'a.test', 80)).toBeUndefined();
    expect(policy.refuseAddress('::ffff:10.1.2.3', 'a.test', 80)).toBeUndefined();
    expect(policy.refuseAddress('10.2.2.3', 'a.test', 80)).toBeDefined();
  });

  test.each(['127.0.0.1', '0x7f.1', '2130706433', '127.0.0.1.', '１２７.０.０.１', '127.0.0.1:8080'])(
    'an address as %s',
    (text) => {
      expect(refuses({ allow: [text] }, 'http://127.0.0.1:8080/')).toBe(false);
      expect(refuses({ allow: [text] }, 'http://127.0.0.2:8080/')).toBe(true);
    },
  );

  test.each(['::1', '[::1]', '[::1]:8080', '::1/128'])('an IPv6 address as %s', (text) => {
    expect(refuses({ allow: [text] }, 'http://[0:0::1]:8080/')).toBe(false);
    expect(refuses({ allow: [text] }, 'http://[::2]:8080/')).toBe(true);
  });

  test.each(['LOCALHOST', 'localhost.', ' localhost '])('a name spelled %s', (text) => {
    expect(refuses({ allow: [text] }, 'http://localhost/')).toBe(false);
  });

  test('* is every host', () => {
    expect(refuses({ allow: ['*'] }, 'http://127.0.0.1/')).toBe(false);
  });
});

describe('deny', () => {
  test('beats allow and the default, by name, address and range', () => {
    const options = {
      allow: ['a.test', '10.0.0.0/8'],
      deny: ['a.test', '*.b.test', '10.1.0.0/16', '1.1.1.1', 'c.test:8080'],
    };
    for (const host of ['a.test', 'x.b.test', '10.1.2.3', '1.1.1.1', 'c.test:8080']) {
      expect(refuses(options, `http://${host}/`)).toBe(true);
    }
    for (const host of ['b.test', '10.2.2.3', 'c.test']) expect(refuses(options, `http://${host}/`)).toBe(false);
    const policy = resolveGuard(options);
    expect(policy.refuseAddress('10.1.2.3', 'd.test', 80)).toContain('guard.deny');
    expect(policy.refuseAddress('1.1.1.1', 'd.test', 80)).toContain('guard.deny');
    expect(policy.refuseAddress('::ffff:1.1.1.1', 'd.test', 80)).toContain('guard.deny');
    expect(policy.refuseAddress('64:ff9b::1.1.1.1', 'd.test', 80)).toContain('guard.deny');
  });

  test('a range that is denied must be looked for even where the host is allowed', () => {
    const policy = resolveGuard({ allow: ['a.test'], deny: ['10.0.0.0/8'] });
    expect(policy.trustsHost('a.test', 80)).toBe(false);
    expect(policy.refuseAddress('10.0.0.1', 'a.test', 80)).toBeDefined();
    expect(policy.refuseAddress('192.168.0.1', 'a.test', 80)).toBeUndefined();
  });

  test('beats the base URL', () => {
    const trust = { origins: [new URL('http://127.0.0.1:8080/')] };
    expect(refuses({}, 'http://127.0.0.1:8080/x', trust)).toBe(false);
    expect(refuses({ deny: ['127.0.0.0/8'] }, 'http://127.0.0.1:8080/x', trust)).toBe(true);
  });
});

describe('what is configured elsewhere', () => {
  test('an origin is trusted at its port only', () => {
    const trust = { origins: [new URL('http://localhost:3000/api/'), new URL('https://[::1]/')] };
    expect(refuses({}, 'http://localhost:3000/', trust)).toBe(false);
    expect(refuses({}, 'http://localhost:3001/', trust)).toBe(true);
    expect(refuses({}, 'http://sub.localhost:3000/', trust)).toBe(true);
    expect(refuses({}, 'https://[::1]/', trust)).toBe(false);
    expect(resolveGuard({}, trust).refuseAddress('127.0.0.1', 'localhost', 3000)).toBeUndefined();
  });

  test('over a Unix socket names lead nowhere else', () => {
    const trust = { unixSocket: true };
    expect(refuses({}, 'http://localhost/containers/json', trust)).toBe(false);
    expect(refuses({ deny: ['localhost'] }, 'http://localhost/', trust)).toBe(true);
  });
});

describe('ports', () => {
  test('are the only ones that may be asked', () => {
    const options = { ports: [443, 8443, 25] };
    expect(refuses(options, 'https://example.com/')).toBe(false);
    expect(refuses(options, 'https://example.com:8443/')).toBe(false);
    expect(refuses(options, 'http://example.com/')).toBe(true);
    expect(refuses(options, 'http://example.com:25/')).toBe(false);
  });
});

test.each([
  [{ allow: [''] }, 'guard.allow'],
  [{ allow: ['a b'] }, 'guard.allow'],
  [{ allow: ['10.0.0.0/33'] }, 'guard.allow'],
  [{ allow: ['http://a.test/'] }, 'guard.allow'],
  [{ allow: ['a.*.test'] }, 'guard.allow'],
  [{ allow: ['a.test:99999'] }, 'guard.allow'],
  [{ allow: 'a.test' }, 'guard.allow'],
  [{ deny: [7] }, 'guard.deny'],
  [{ ports: [70_000] }, 'guard.ports'],
  [{ ports: 80 }, 'guard.ports'],
])('%j is a TypeError that names the option', (options, option) => {
  expect(() => resolveGuard(options as unknown as GuardOptions)).toThrow(TypeError);
  expect(() => resolveGuard(options as unknown as GuardOptions)).toThrow(option);
});

describe('the middleware', () => {
  test('refuses before anything else', async () => {
    let asked = 0;
    const handle = guard()(async (request) => {
      asked++;
      return answer(request, 200);
    });
    const policy = { guard: resolveGuard() };
    const error = await handle(requestTo('http://[::1]:8080/x', { policy })).catch((caught) => caught);
    expect(error).toBeInstanceOf(BlockedAddressError);
    expect(error).toMatchObject({ address: '::1', reason: 'it is this machine', retryable: false });
    expect(asked).toBe(0);
    expect((await handle(requestTo('http://example.com/', { policy }))).status).toBe(200);
    expect((await handle(requestTo('http://[::1]/', { policy: { guard: undefined } }))).status).toBe(200);
  });
});
