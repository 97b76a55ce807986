// From names to addresses: one lookup however many ask, its answer kept for a while. What comes back is checked before
// it is believed; a name is never resolved a second time between the check of its addresses and the connection.
import { lookup } from 'node:dns';
import { isLocalhost, plainHost } from '../../core/hosts.js';
import { DnsError } from '../../errors.js';
import { readAddress, showAddress } from '../../kit/ip-address.js';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a name; the order is the order of preference. */
export type LookupFunction = (
  hostname: string,
  options: { family?: 0 | 4 | 6 },
) => Promise<Array<{ address: string; family: 4 | 6 }>>;

export interface ResolverOptions {
  /** Milliseconds that an answer is kept; 0 keeps none. */
  readonly ttl: number;
  /** In place of the operating system's resolver. */
  readonly lookup: LookupFunction | undefined;
  readonly now?: () => number;
}

/** Milliseconds that "there is no such name" is kept. */
const negativeTtl = 1_000;
/** Milliseconds that a lookup under way is joined by others; a slower one is given up on and begun anew. */
const joinable = 10_000;
/** Names that are remembered. */
const maxNames = 1_000;
/** Addresses of a name that are looked at. */
const maxAddresses = 64;

const loopback: readonly ResolvedAddress[] = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

/** What a lookup came to; a failure is kept as its facts, because every caller needs an error of its own. */
type Outcome =
  | { readonly addresses: readonly ResolvedAddress[] }
  | { readonly addresses: undefined; readonly message: string; readonly retryable: boolean; readonly cause: unknown };

interface Entry {
  readonly expires: number;
  readonly outcome: Outcome;
}

interface Flight {
  readonly startedAt: number;
  readonly outcome: Promise<Outcome>;
}

export class Resolver {
  readonly #ttl: number;
  readonly #lookup: LookupFunction;
  readonly #custom: boolean;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();

  constructor(options: ResolverOptions) {
    this.#ttl = options.ttl;
    this.#custom = options.lookup !== undefined;
    this.#lookup = options.lookup ?? systemLookup;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * The addresses of a name, at least one.
   * @throws DnsError
   */
  async resolve(hostname: string, family: 0 | 4 | 6): Promise<readonly ResolvedAddress[]> {
    if (!this.#custom && isLocalhost(plainHost(hostname))) {
      return loopback.filter((each) => family === 0 || each.family === family);
    }
    const outcome = this.#kept(`${family} ${hostname}`) ?? (await this.#flight(hostname, family));
    if (outcome.addresses !== undefined) return outcome.addresses;
    const { message, retryable, cause } = outcome;
    throw new DnsError(message, { retryable, cause });
  }

  #kept(key: string): Outcome | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires > this.#now()) return entry.outcome;
    this.#entries.delete(key);
    return undefined;
  }

  #flight(hostname: string, family: 0 | 4 | 6): Promise<Outcome> {
    const key = `${family} ${hostname}`;
    const now = this.#now();
    const current = this.#flights.get(key);
    if (current !== undefined && now - current.startedAt < joinable) return current.outcome;
    const flight: Flight = {
      startedAt: now,
      outcome: this.#ask(hostname, family).then((outcome) => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        this.#keep(key, outcome);
        return outcome;
      }),
    };
    this.#flights.set(key, flight);
    return flight.outcome;
  }

  #keep(key: string, outcome: Outcome): void {
    const ttl = outcome.addresses !== undefined ? this.#ttl : outcome.retryable ? 0 : negativeTtl;
    if (ttl === 0) return;
    this.#entries.delete(key);
    if (this.#entries.size >= maxNames) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(key, { expires: this.#now() + ttl, outcome });
  }

  async #ask(hostname: string, family: 0 | 4 | 6): Promise<Outcome> {
    try {
      return readAnswer(hostname, family, await this.#lookup(hostname, { family }));
    } catch (error) {
      return failure(hostname, error);
    }
  }
}

function systemLookup(hostname: string, { family = 0 }: { family?: 0 | 4 | 6 }): Promise<ResolvedAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, family, verbatim: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses as ResolvedAddress[]);
    });
  });
}

function readAnswer(hostname: string, family: 0 | 4 | 6, answer: unknown): Outcome {
  if (!Array.isArray(answer)) return failed(`the lookup of ${hostname} gave no list of addresses`);
  const addresses = new Map<string, ResolvedAddress>();
  for (const each of answer.slice(0, maxAddresses) as unknown[]) {
    const text = typeof each === 'object' && each !== null ? (each as { address?: unknown }).address : undefined;
    const found = typeof text === 'string' ? readAddress(text) : undefined;
    if (found === undefined) return failed(`the lookup of ${hostname} gave something that is no IP address`);
    const address = showAddress(found);
    if (family === 0 || family === found.family) addresses.set(address, { address, family: found.family });
  }
  if (addresses.size > 0) return { addresses: [...addresses.values()] };
  if (answer.length === 0) return failed(unknownName(hostname));
  return failed(`${hostname} has no IPv${family} address`);
}

const unknown = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);
const passing: Record<string, string> = {
  EAI_AGAIN: 'the name server does not answer',
  ETIMEOUT: 'the name server does not answer',
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refused',
};

function failure(hostname: string, cause: unknown): Outcome {
  const code = String((cause as { code?: unknown } | null | undefined)?.code ?? '');
  if (unknown.has(code)) return failed(unknownName(hostname), cause);
  const why = `${passing[code] ?? 'the lookup failed'}${code === '' ? '' : ` (${code})`}`;
  return failed(`${hostname} could not be resolved: ${why}`, cause, true);
}

function failed(message: string, cause?: unknown, retryable = false): Outcome {
  return { addresses: undefined, message, retryable, cause };
}

function unknownName(hostname: string): string {
  return `${hostname} could not be resolved: there is no such name (ENOTFOUND)`;
}
