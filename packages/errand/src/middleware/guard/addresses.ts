// Which IP addresses are globally routable unicast, by IANA's special-purpose registries. Deny by default: what is not
// known to be public is not. Addresses that carry an IPv4 address inside are judged by that one as well.
import { type Address, inRange, type Range, readAddress, readRange, showAddress } from '../../kit/ip-address.js';

interface Entry {
  readonly range: Range;
  /** undefined: public, in spite of the wider range around it. */
  readonly reason: string | undefined;
}

/** Narrower ranges come first: the first that contains the address decides. */
function table(entries: Array<[range: string, reason?: string]>): readonly Entry[] {
  return entries.map(([range, reason]) => ({ range: readRange(range) as Range, reason }));
}

const ipv4 = table([
  ['0.0.0.0/8', 'it means this host on this network'],
  ['10.0.0.0/8', 'it is private'],
  ['100.64.0.0/10', 'it is shared address space behind a carrier'],
  ['127.0.0.0/8', 'it is this machine'],
  ['169.254.0.0/16', 'it is link-local, where clouds keep their metadata'],
  ['172.16.0.0/12', 'it is private'],
  ['192.0.0.9/32'],
  ['192.0.0.10/32'],
  ['192.0.0.0/24', 'it is reserved for protocols'],
  ['192.0.2.0/24', 'it is for documentation'],
  ['192.88.99.0/24', 'it is a deprecated 6to4 relay'],
  ['192.168.0.0/16', 'it is private'],
  ['198.18.0.0/15', 'it is for benchmarks'],
  ['198.51.100.0/24', 'it is for documentation'],
  ['203.0.113.0/24', 'it is for documentation'],
  ['224.0.0.0/4', 'it is multicast'],
  ['255.255.255.255/32', 'it is broadcast'],
  ['240.0.0.0/4', 'it is reserved'],
]);

const ipv6 = table([
  ['::/128', 'it is unspecified'],
  ['::1/128', 'it is this machine'],
  ['::/96', 'it is a deprecated IPv4-compatible address'],
  ['::ffff:0:0:0/96', 'it is an IPv4-translated address'],
  ['64:ff9b:1::/48', 'it is translated to IPv4 locally'],
  ['64:ff9b::/96'],
  ['100::/64', 'it is discarded'],
  ['100:0:0:1::/64', 'it is a dummy prefix'],
  ['5f00::/16', 'it is a segment identifier'],
  ['fc00::/7', 'it is private (unique local)'],
  ['fe80::/10', 'it is link-local'],
  ['fec0::/10', 'it is site-local'],
  ['ff00::/8', 'it is multicast'],
  ['2001::/32', 'it is a Teredo tunnel'],
  ['2001:1::1/128'],
  ['2001:1::2/128'],
  ['2001:1::3/128'],
  ['2001:2::/48', 'it is for benchmarks'],
  ['2001:3::/32'],
  ['2001:4:112::/48'],
  ['2001:10::/28', 'it is a cryptographic identifier'],
  ['2001:20::/28', 'it is a cryptographic identifier'],
  ['2001:30::/28', 'it is an identifier of drones'],
  ['2001::/23', 'it is reserved for protocols'],
  ['2001:db8::/32', 'it is for documentation'],
  ['2002::/16', 'it is a 6to4 tunnel'],
  ['3fff::/20', 'it is for documentation'],
  ['2000::/3'],
  ['::/0', 'it is not allocated to anybody'],
]);

/** A reason why the address is no globally routable unicast address; undefined where it is one. */
export function refusalOf(text: string): string | undefined {
  const address = readAddress(text);
  if (address === undefined) return 'it is no IP address';
  const reason = lookUp(address.family === 4 ? ipv4 : ipv6, address);
  if (reason !== undefined) return reason;
  const inside = embeddedAddress(address);
  if (inside === undefined) return undefined;
  const refusal = lookUp(ipv4, inside);
  return refusal === undefined ? undefined : `it leads to ${showAddress(inside)}, and ${refusal}`;
}

function lookUp(entries: readonly Entry[], address: Address): string | undefined {
  return entries.find(({ range }) => inRange(address, range))?.reason;
}

const nat64 = readRange('64:ff9b::/96') as Range;

/** The IPv4 address inside: behind the NAT64 prefix, or in an ISATAP interface identifier (RFC 5214). */
export function embeddedAddress(address: Address): Address | undefined {
  const { family, bytes } = address;
  if (family === 4) return undefined;
  const isatap = (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isatap || inRange(address, nat64) ? { family: 4, bytes: bytes.slice(12), zone: undefined } : undefined;
}
