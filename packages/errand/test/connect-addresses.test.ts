// Addresses and ranges as values: what is read is what the operating system means, and is shown in one way only.
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inRange, readAddress, readRange, showAddress } from '../src/kit/ip-address.js';

const shown = (text: string) => {
  const address = readAddress(text);
  return address && showAddress(address);
};

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::', '::'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['::127.0.0.1', '::7f00:1'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['0:0:0:0:0:FFFF:7f00:1', '127.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['1::', '1::'],
])('%s is %s', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

test.each(['', 'localhost', '127.1', '0177.0.0.1', '0x7f.1', '1.2.3.4.5', ':::', '[::1]', '1.2.3.4/8'])(
  '%s is no address',
  (text) => {
    expect(readAddress(text)).toBeUndefined();
  },
);

test('every address is shown as itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = readAddress(text);
      expect(address?.bytes).toHaveLength(address?.family === 4 ? 4 : 16);
      expect(readAddress(shown(text) as string)).toEqual(address);
      expect(isIP(shown(text) as string)).toBe(address?.family);
    }),
  );
});

test('ranges contain what Node says that they contain', () => {
  const pair = fc.oneof(
    fc.tuple(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(pair, fc.boolean(), ([network, other, bits], near) => {
      const kind = isIP(network) === 4 ? 'ipv4' : 'ipv6';
      const list = new BlockList();
      list.addSubnet(network, bits, kind);
      const range = readRange(`${network}/${bits}`);
      const text = near ? network : other;
      const address = readAddress(text);
      fc.pre(range !== undefined && address !== undefined && range.family === (kind === 'ipv4' ? 4 : 6));
      fc.pre(address?.family === range?.family);
      expect(inRange(address as never, range as never)).toBe(list.check(text, kind));
    }),
  );
});

test.each([
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0',
  'a/8',
  '10.0.0/8',
  '10.0.0.0/-1',
  '::ffff:10.0.0.0/95',
  'fe80::%eth0/64',
])('%s is no range', (text) => {
  expect(readRange(text)).toBeUndefined();
});

test('a range of IPv4-mapped addresses is one of IPv4 addresses', () => {
  expect(readRange('::ffff:10.0.0.0/104')).toEqual(readRange('10.0.0.0/8'));
});
