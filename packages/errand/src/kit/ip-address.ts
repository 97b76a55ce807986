// IP addresses and ranges as values. Only what the operating system itself takes for an address is read as one: other
// notations are the URL parser's business.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A CIDR range. */
export interface Range {
  readonly network: Address;
  readonly bits: number;
}

/** The address; an IPv4 address in IPv6 clothes (::ffff:0:0/96) is the IPv4 address that it reaches. */
export function readAddress(text: string): Address | undefined {
  if (isIP(text) === 0) return undefined;
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The text of the address as the operating system shows it, its IPv4-mapped form undone, its zone kept. */
export function canonicalAddress(text: string): string | undefined {
  return readAddress(text)?.toString();
}

/** A range such as `10.0.0.0/8` or `fd00::/8`; undefined where it is none. Bits behind the mask do not count. */
export function readRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const network = slash < 0 ? undefined : text.slice(0, slash);
  const mask = text.slice(slash + 1);
  if (network === undefined || isIP(network) === 0 || !/^\d{1,3}$/.test(mask)) return undefined;
  const address = ipaddr.parse(network);
  const bits = Number(mask);
  if (bits > (address.kind() === 'ipv4' ? 32 : 128)) return undefined;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return { network: address.toIPv4Address(), bits: bits - 96 };
  }
  return { network: address, bits };
}

/** The range of this one address. */
export function rangeOf(address: Address): Range {
  return { network: address, bits: address.kind() === 'ipv4' ? 32 : 128 };
}

export function inRange(address: Address, { network, bits }: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
