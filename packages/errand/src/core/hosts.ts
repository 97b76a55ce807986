// The names of hosts, made comparable once and for all: the guard, the proxies and the cookies must never disagree about
// whether two spellings are the same host. Rules about hosts (exact, wildcard, address, CIDR, with or without a port) too.
import { isIP } from 'node:net';
import { type Address, inRange, type Range, rangeOf, readAddress, readRange } from '../kit/ip-address.js';

/** The host of a parsed URL, comparable: no brackets around an IPv6 address, no dots at the end. */
export function plainHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  if (!hostname.endsWith('.')) return hostname;
  let end = hostname.length;
  while (end > 0 && hostname[end - 1] === '.') end--;
  return hostname.slice(0, end);
}

/**
 * Any spelling of a host (case, dots at the end, brackets, percent signs, Unicode, numbers that mean an IPv4 address) as
 * {@link plainHost} gives it; undefined where it is no host.
 */
export function readHost(text: string): string | undefined {
  const bracketed = isIP(text) === 6 ? `[${text}]` : text;
  if (bracketed === '' || /[/?#@\\\s]/.test(bracketed)) return undefined;
  if (!bracketed.startsWith('[') && bracketed.includes(':')) return undefined;
  try {
    const host = plainHost(new URL(`http://${bracketed}/`).hostname);
    return host === '' ? undefined : host;
  } catch {
    return undefined;
  }
}

/** `localhost` and everything below it (RFC 6761): this machine, without asking anybody. `host` is plain. */
export function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** A rule about hosts. Exactly one of `host`, `suffix`, `range` is set, or none: then it is about every host. */
export interface HostRule {
  readonly host: string | undefined;
  /** '.example.com': every name below example.com. */
  readonly suffix: string | undefined;
  readonly range: Range | undefined;
  /** undefined: every port. */
  readonly port: number | undefined;
}

const any: HostRule = { host: undefined, suffix: undefined, range: undefined, port: undefined };

/**
 * Reads `host`, `*.host`, `*`, an address in any notation or a CIDR range, each with or without `:port`; an IPv6 address
 * with a port needs brackets.
 * @throws TypeError naming `option` where it is none of these.
 */
export function readHostRule(text: string, option: string): HostRule {
  const rule = typeof text === 'string' ? tryHostRule(text.trim()) : undefined;
  if (rule === undefined) {
    throw new TypeError(
      `${option}: expected a host, '*.host', 'host:port', an address or a CIDR range, got '${String(text)}'`,
    );
  }
  return rule;
}

/** As {@link readHostRule}; undefined where it is no rule. */
export function tryHostRule(text: string): HostRule | undefined {
  const { name, port } = splitPort(text);
  if (name === undefined) return undefined;
  if (name === '*') return { ...any, port };
  const inner = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  const range = readRange(inner);
  if (range !== undefined) return { ...any, range, port };
  if (inner.includes('/')) return undefined;
  const wildcard = /^\*?\./.exec(name)?.[0];
  const host = readHost(name.slice(wildcard?.length ?? 0));
  if (host === undefined || host.includes('*')) return undefined;
  if (wildcard !== undefined) return isIP(host) === 0 ? { ...any, suffix: `.${host}`, port } : undefined;
  const address = readAddress(host);
  return address === undefined ? { ...any, host, port } : { ...any, range: rangeOf(address), port };
}

function splitPort(text: string): { name: string | undefined; port: number | undefined } {
  const match = isIP(text) === 6 || readRange(text) !== undefined ? null : /^(.*):(\d{1,5})$/.exec(text);
  if (match === null) return { name: text, port: undefined };
  const port = Number(match[2]);
  return { name: port <= 65_535 ? match[1] : undefined, port };
}

/** Whether the rule is about this host by its name, or by its address where it is written as one. `host` is plain. */
export function matchesHost(rule: HostRule, host: string, port: number): boolean {
  if (rule.port !== undefined && rule.port !== port) return false;
  if (rule.host !== undefined) return rule.host === host;
  if (rule.suffix !== undefined) return host.endsWith(rule.suffix);
  if (rule.range === undefined) return true;
  const address = readAddress(host);
  return address !== undefined && inRange(address, rule.range);
}

/** Whether the rule names this address, alone or in a range. */
export function matchesAddress(rule: HostRule, address: Address, port: number): boolean {
  if (rule.range === undefined || (rule.port !== undefined && rule.port !== port)) return false;
  return inRange(address, rule.range);
}
