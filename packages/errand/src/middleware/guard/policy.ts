// The guard's rules: what the options say, and by default only globally routable unicast addresses and ports that browsers
// ask too. `deny` beats `allow`, `allow` beats the default. Decides; it never resolves or connects anything.
import { isIP } from 'node:net';
import {
  type HostRule,
  isLocalhost,
  matchesAddress,
  matchesHost,
  plainHost,
  readHost,
  readHostRule,
} from '../../core/hosts.js';
import type { GuardPolicy } from '../../core/policy.js';
import { portOf } from '../../core/url.js';
import { type Address, readAddress } from '../../kit/ip-address.js';
import { embeddedAddress, refusalOf } from './addresses.js';
import { isBlockedPort } from './ports.js';

export interface GuardOptions {
  /**
   * Hosts that may be asked whatever their addresses are, and addresses that may be connected to: `'host'`, `'*.host'`,
   * `'host:8080'`, an address, a CIDR range. With a port it also beats `ports`.
   * @default []
   * @example new Session({ guard: { allow: ['grafana.internal:3000', '10.1.0.0/16'] } })
   */
  allow?: string[];
  /**
   * Hosts and addresses that may not be asked, whatever else says so. Written as in `allow`.
   * @default []
   * @example new Session({ guard: { deny: ['*.example.net', '203.0.114.0/24'] } })
   */
  deny?: string[];
  /**
   * The only ports that may be asked.
   * @default all but those that the Fetch standard blocks, such as 25 and 6667
   * @example new Session({ guard: { ports: [80, 443, 8443] } })
   */
  ports?: number[];
}

/** What the session's other options make of the guard. */
export interface GuardTrust {
  /** Origins that are configured, such as the `baseUrl`'s. */
  readonly origins?: readonly URL[];
  /** Every connection goes to a Unix socket that is configured: names and addresses lead nowhere else. */
  readonly unixSocket?: boolean;
}

/** Verdicts that are remembered, for each scheme. */
const maxVerdicts = 512;

const loopback = [readAddress('127.0.0.1'), readAddress('::1')] as Address[];

/** @throws TypeError naming the option that makes no sense. */
export function resolveGuard(options: GuardOptions = {}, trust: GuardTrust = {}): GuardPolicy {
  return new Guard(options, trust);
}

class Guard implements GuardPolicy {
  readonly #allow: readonly HostRule[];
  readonly #deny: readonly HostRule[];
  readonly #ports: ReadonlySet<number> | undefined;
  readonly #unixSocket: boolean;
  /** By the URL's host; '' lets it through. */
  readonly #http = new Map<string, string>();
  readonly #https = new Map<string, string>();

  constructor({ allow, deny, ports }: GuardOptions, { origins = [], unixSocket = false }: GuardTrust) {
    this.#allow = [...readRules(allow, 'guard.allow'), ...origins.map(ruleOf)];
    this.#deny = readRules(deny, 'guard.deny');
    this.#ports = ports === undefined ? undefined : readPorts(ports);
    this.#unixSocket = unixSocket;
  }

  refuseUrl(url: URL): string | undefined {
    // 's' is where https differs from http, the only two schemes that come here.
    const verdicts = url.href.charCodeAt(4) === 0x73 ? this.#https : this.#http;
    const { host } = url;
    let verdict = verdicts.get(host);
    if (verdict === undefined) {
      verdict = this.#judge(plainHost(url.hostname), portOf(url)) ?? '';
      if (verdicts.size >= maxVerdicts) verdicts.clear();
      verdicts.set(host, verdict);
    }
    return verdict === '' ? undefined : verdict;
  }

  #judge(host: string, port: number): string | undefined {
    return (
      this.#judgeDenied(host, readAddress(host), port) ?? this.#judgePort(host, port) ?? this.#judgeHost(host, port)
    );
  }

  #judgeDenied(host: string, address: Address | undefined, port: number): string | undefined {
    const inside = address && embeddedAddress(address);
    const denied = this.#deny.some(
      (rule) =>
        matchesHost(rule, host, port) ||
        (address !== undefined && matchesAddress(rule, address, port)) ||
        (inside !== undefined && matchesAddress(rule, inside, port)),
    );
    return denied ? 'the guard denies it (guard.deny)' : undefined;
  }

  #judgePort(host: string, port: number): string | undefined {
    const allowed = this.#ports === undefined ? !isBlockedPort(port) : this.#ports.has(port);
    if (allowed || this.#allow.some((rule) => rule.port !== undefined && matchesHost(rule, host, port))) {
      return undefined;
    }
    return `port ${port} is not one that may be asked (guard.ports)`;
  }

  #judgeHost(host: string, port: number): string | undefined {
    if (this.#unixSocket || this.#allows(host, port)) return undefined;
    if (isLocalhost(host)) return this.#allowsLoopback(port) ? undefined : 'it is this machine';
    return isIP(host) === 0 ? undefined : refusalOf(host);
  }

  refuseAddress(text: string, hostname: string, port: number): string | undefined {
    const host = plainHost(hostname);
    const address = readAddress(text);
    if (address === undefined) return 'it is no IP address';
    const denied = this.#judgeDenied(host, address, port);
    if (denied !== undefined) return denied;
    if (this.#allows(host, port) || this.#allow.some((rule) => matchesAddress(rule, address, port))) return undefined;
    return refusalOf(text);
  }

  #allowsLoopback(port: number): boolean {
    return loopback.some((address) => this.#allow.some((rule) => matchesAddress(rule, address, port)));
  }

  trustsHost(hostname: string, port: number): boolean {
    return this.#deny.every(({ range }) => range === undefined) && this.#allows(plainHost(hostname), port);
  }

  #allows(host: string, port: number): boolean {
    return this.#allow.some((rule) => matchesHost(rule, host, port));
  }
}

function readRules(list: string[] | undefined, option: string): HostRule[] {
  if (list !== undefined && !Array.isArray(list)) throw new TypeError(`${option}: expected a list of hosts`);
  return (list ?? []).map((text) => readHostRule(text, option));
}

/** This host, by this name, at this port. */
function ruleOf(origin: URL): HostRule {
  const host = readHost(origin.hostname) as string;
  return readHostRule(`${isIP(host) === 6 ? `[${host}]` : host}:${portOf(origin)}`, 'baseUrl');
}

function readPorts(ports: number[]): ReadonlySet<number> {
  const bad = Array.isArray(ports) ? ports.find((port) => !Number.isInteger(port) || port < 0 || port > 65_535) : ports;
  if (bad !== undefined) throw new TypeError(`guard.ports: expected port numbers, got ${String(bad)}`);
  return new Set(ports);
}
