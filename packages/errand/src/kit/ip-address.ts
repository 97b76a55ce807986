// IP addresses and ranges as values. Only what the operating system itself takes for an address is read as one: other
// notations are the URL parser's business.
import { isIP } from 'node:net';

export interface Address {
  readonly family: 4 | 6;
  /** Four or sixteen. */
  readonly bytes: readonly number[];
  /** The interface that a link-local address is meant on. */
  readonly zone: string | undefined;
}

/** A CIDR range. */
export interface Range {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** The address; an IPv4 address in IPv6 clothes (::ffff:0:0/96) is the IPv4 address that it reaches. */
export function readAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return ipv4(text.split('.').map(Number));
  const [groups = '', zone] = text.split('%', 2);
  const bytes = ipv6Bytes(groups);
  return isMapped(bytes) ? ipv4(bytes.slice(12)) : { family: 6, bytes, zone };
}

function ipv4(bytes: readonly number[]): Address {
  return { family: 4, bytes, zone: undefined };
}

/** `text` is valid. */
function ipv6Bytes(text: string): number[] {
  const [before = '', after] = text.split('::', 2);
  const head = groupBytes(before);
  const tail = after === undefined ? [] : groupBytes(after);
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => index >= 12 || byte === (index < 10 ? 0 : 0xff));
}

/** The one text of the address (RFC 5952), with its zone. */
export function showAddress({ family, bytes, zone }: Address): string {
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => hex(bytes, index * 2)).join(':');
  const shortest = new URL(`http://[${groups}]/`).hostname.slice(1, -1);
  return zone === undefined ? shortest : `${shortest}%${zone}`;
}

function hex(bytes: readonly number[], at: number): string {
  return (((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16);
}

/** A range such as `10.0.0.0/8` or `fd00::/8`; undefined where it is none. Bits behind the mask do not count. */
export function readRange(text: string): Range | undefined {
  const match = /^([^/%]+)\/(\d{1,3})$/.exec(text);
  const address = match === null ? undefined : readAddress(match[1] as string);
  if (match === null || address === undefined) return undefined;
  const { family, bytes } = address;
  const mapped = family === 4 && isIP(match[1] as string) === 6;
  const bits = Number(match[2]) - (mapped ? 96 : 0);
  return bits >= 0 && bits <= bytes.length * 8 ? { family, bytes, bits } : undefined;
}

/** The range of this one address. */
export function rangeOf({ family, bytes }: Address): Range {
  return { family, bytes, bits: bytes.length * 8 };
}

export function inRange(address: Address, range: Range): boolean {
  if (address.family !== range.family) return false;
  const whole = range.bits >> 3;
  for (let index = 0; index < whole; index++) if (address.bytes[index] !== range.bytes[index]) return false;
  const rest = range.bits & 7;
  if (rest === 0) return true;
  return ((address.bytes[whole] as number) ^ (range.bytes[whole] as number)) >> (8 - rest) === 0;
}
