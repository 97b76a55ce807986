// Which addresses are globally routable unicast: a table of both sides of every boundary, and random ones.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../src/middleware/guard/addresses.js';
import { resolveGuard } from '../src/middleware/guard/policy.js';

const isPublic = (address: string) => refusalOf(address) === undefined;

describe('IPv4', () => {
  test.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.8'],
    ['192.0.0.11', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '255.255.255.255'],
  ])('%s to %s are not public', (first, last) => {
    expect(isPublic(first)).toBe(false);
    expect(isPublic(last)).toBe(false);
  });

  test.each([
    ['1.0.0.0', '9.255.255.255'],
    ['11.0.0.0', '100.63.255.255'],
    ['100.128.0.0', '126.255.255.255'],
    ['128.0.0.0', '169.253.255.255'],
    ['169.255.0.0', '172.15.255.255'],
    ['172.32.0.0', '191.255.255.255'],
    ['192.0.0.9', '192.0.0.10'],
    ['192.0.1.0', '192.0.1.255'],
    ['192.0.3.0', '192.88.98.255'],
    ['192.88.100.0', '192.167.255.255'],
    ['192.169.0.0', '198.17.255.255'],
    ['198.20.0.0', '198.51.99.255'],
    ['198.51.101.0', '203.0.112.255'],
    ['203.0.114.0', '223.255.255.255'],
  ])('%s to %s are public at both ends', (first, last) => {
    expect(isPublic(first)).toBe(true);
    expect(isPublic(last)).toBe(true);
  });
});

describe('IPv6', () => {
  test.each([
    '::',
    '::1',
    '::127.0.0.1',
    '::8.8.8.8',
    '::ffff:0:127.0.0.1',
    '::ffff:0:8.8.8.8',
    '64:ff9b:1::1',
    '64:ff9b:1:ffff::8.8.8.8',
    '100::1',
    '100:0:0:1::1',
    '100:0:0:2::1',
    '200::1',
    '400::1',
    '1fff:ffff::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3f57:fdf2',
    '2001:1::4',
    '2001:2::1',
    '2001:4:111::1',
    '2001:5::1',
    '2001:10::1',
    '2001:1f:ffff::1',
    '2001:20::1',
    '2001:2f:ffff::1',
    '2001:30::1',
    '2001:40::1',
    '2001:1ff:ffff::1',
    '2001:db8::1',
    '2001:db8:ffff::1',
    '2002::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '3fff::1',
    '3fff:fff:ffff::1',
    '4000::1',
    '5f00::1',
    '8000::1',
    'fbff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe00::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'feff::1',
    'ff00::1',
    'ff02::1',
    'ff0e::1',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each([
    '2000::1',
    '2001:1::1',
    '2001:1::2',
    '2001:1::3',
    '2001:3::1',
    '2001:4:112::1',
    '2001:200::1',
    '2001:db7:ffff::1',
    '2001:db9::1',
    '2001:4860:4860::8888',
    '2003::1',
    '2606:4700:4700::1111',
    '2620:4f:8000::1',
    '2a00:1450:4001::1',
    '3ffe::1',
    '3fff:1000::1',
  ])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test('an IPv4-mapped address, NAT64 and ISATAP are what the IPv4 address inside is', () => {
    fc.assert(
      fc.property(fc.ipV4(), (inside) => {
        const verdict = isPublic(inside);
        expect(isPublic(`::ffff:${inside}`)).toBe(verdict);
        expect(isPublic(`64:ff9b::${inside}`)).toBe(verdict);
        expect(isPublic(`2a00:1450:4001::5efe:${inside}`)).toBe(verdict);
        expect(isPublic(`2a00:1450:4001:0:200:5efe:${inside}`)).toBe(verdict);
      }),
    );
    expect(refusalOf('64:ff9b::10.0.0.1')).toBe('it leads to 10.0.0.1, and it is private');
  });

  test('nothing outside of 2000::/3 is public but what carries a public IPv4 address', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const [first = 0] = groups;
        fc.pre(first >> 13 !== 1 && first !== 0x64 && first !== 0);
        expect(isPublic(groups.map((each) => each.toString(16)).join(':'))).toBe(false);
      }),
    );
  });
});

test('whatever is no address is refused', () => {
  for (const text of ['', 'localhost', '0x7f.1', '127.1', '0177.0.0.1', '1.2.3.4.5', '1.2.3.4/8', '[::1]', '::1/128']) {
    expect(refusalOf(text)).toBe('it is no IP address');
  }
  fc.assert(fc.property(fc.string(), (text) => isIP(text) !== 0 || !isPublic(text)));
});

interface Case {
  readonly id: number;
  readonly url: string;
  readonly blocked: boolean;
  readonly sure: 'must' | 'should' | 'policy';
  readonly why: string;
  readonly layer?: string;
  readonly dns?: readonly string[];
}

const shared = new URL('../../../../shared/cases/addresses.json', import.meta.url);
const cases: Case[] = existsSync(shared) ? JSON.parse(readFileSync(shared, 'utf8')) : [];

describe.skipIf(cases.length === 0)('the collected cases', () => {
  const guard = resolveGuard();

  test.each(cases.filter(({ layer }) => layer !== 'scheme').map((each) => [each.id, each.url, each] as const))(
    '%i %s',
    (_id, text, { blocked, dns, why }) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const refused =
        url === undefined ||
        guard.refuseUrl(url) !== undefined ||
        (dns ?? []).some((address) => guard.refuseAddress(address, url.hostname, 80) !== undefined);
      expect(refused, why).toBe(blocked);
    },
  );
});
