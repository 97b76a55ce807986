// The ways out: which proxy carries the next visit, and what is known of each. It never goes to another country or pool than
// was asked for, and never round and round: where a host has turned all of them away, it says so.
import { Problem } from '../core/problem.js';
import type { ProxyServer } from '../core/proxy-server.js';
import { type Ban, type BanBook, Bans } from './bans.js';
import { Health, type ProxyState } from './health.js';
import { HostRecords } from './host-records.js';
import { reach } from './probe.js';

export interface ProxyWish {
  /** host, or host:port where the port is not the scheme's own. */
  readonly host: string;
  readonly country: string | undefined;
  readonly pool: string | undefined;
  /** Ids that were tried before: taken again only where there are no others. */
  readonly avoid: ReadonlySet<string>;
}

export interface ProxyReport {
  readonly id: string;
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: ProxyState;
  readonly successes: number;
  readonly failures: number;
  readonly latencyMs: number | null;
  readonly lastError: string | null;
}

export interface HostReport {
  readonly host: string;
  readonly requests: number;
  readonly ok: number;
  readonly blocked: number;
  readonly bans: ReadonlyArray<{ readonly proxy: string; readonly until: string }>;
}

export interface ProxiesOptions {
  readonly servers: readonly ProxyServer[];
  /**
   * Where the bans are kept.
   * @default those of this process
   * @example new Proxies({ servers, bans: await RedisBans.open({ connection }) })
   */
  readonly bans?: BanBook | undefined;
  /** How often dead ones are looked after, in milliseconds; 0: never. @default 30_000 */
  readonly probeEvery?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Member {
  readonly server: ProxyServer;
  readonly health: Health;
  /** The number of the turn that it had last. */
  turn: number;
}

const probeTimeout = 5_000;

export class Proxies {
  readonly #members = new Map<string, Member>();
  readonly #bans: BanBook;
  readonly #records = new HostRecords();
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();
  #turns = 0;

  constructor({ servers, bans = new Bans(), probeEvery = 30_000, now = Date.now }: ProxiesOptions) {
    this.#bans = bans;
    for (const server of servers) this.#members.set(server.id, { server, health: new Health(), turn: 0 });
    this.#now = now;
    if (probeEvery > 0 && servers.length > 0) {
      this.#timer = setInterval(() => void this.#probeDead(), probeEvery);
      this.#timer.unref();
    }
  }

  get size(): number {
    return this.#members.size;
  }

  get(id: string): ProxyServer | undefined {
    return this.#members.get(id)?.server;
  }

  /**
   * The proxy for a visit; undefined is the direct way, which is taken only where there are no proxies.
   * @throws Problem bad_parameter where none has the labels, blocked where the host has turned all of those away.
   */
  choose({ host, country, pool, avoid }: ProxyWish): ProxyServer | undefined {
    const labelled = this.#labelled(country, pool);
    if (labelled.length === 0) return undefined;
    const now = this.#now();
    const welcome = labelled.filter(({ server }) => this.#bans.of(server.id, host, now) === undefined);
    if (welcome.length === 0) throw this.#allBanned(labelled, host, now);
    const fresh = welcome.filter(({ server }) => !avoid.has(server.id));
    const from = fresh.length > 0 ? fresh : welcome;
    const ready = from.filter(({ health }) => health.isReady(now));
    const chosen =
      ready.length > 0
        ? least(ready, ({ turn }) => turn)
        : // Dead ones after those that only rest.
          least(from, ({ health }) => (health.state === 'dead' ? now : 0) + health.restsUntil);
    chosen.turn = ++this.#turns;
    return chosen.server;
  }

  isDead(proxy: ProxyServer): boolean {
    return this.#members.get(proxy.id)?.health.state === 'dead';
  }

  /** It carried an answer, whatever that was. */
  succeeded(proxy: ProxyServer, ms: number): void {
    this.#members.get(proxy.id)?.health.succeeded(ms);
  }

  /** @param error One that holds no credentials. */
  failed(proxy: ProxyServer, error: string): void {
    this.#members.get(proxy.id)?.health.failed(error, this.#now());
  }

  ban(proxy: ProxyServer, host: string, vendor?: string): void {
    this.#bans.add(proxy.id, host, vendor, this.#now());
  }

  /** What became of a try at the host. */
  record(host: string, outcome: 'ok' | 'blocked' | 'other', proxy: ProxyServer | undefined): void {
    this.#records.add(host, outcome);
    if (outcome === 'ok' && proxy !== undefined) this.#bans.lift(proxy.id, host, this.#now());
  }

  /** The `proxies` of `/v1/proxies`. */
  report(): ProxyReport[] {
    return [...this.#members.values()].map(({ server: { id, shown, labels }, health }) => ({
      id,
      url: shown,
      labels,
      state: health.state,
      successes: health.successes,
      failures: health.failures,
      latencyMs: health.latency === undefined ? null : Math.round(health.latency),
      lastError: health.lastError ?? null,
    }));
  }

  /** The `hosts` of `/v1/hosts`. */
  hosts(): HostReport[] {
    const bans = new Map<string, Ban[]>();
    for (const ban of this.#bans.inForce(this.#now())) bans.set(ban.host, [...(bans.get(ban.host) ?? []), ban]);
    const records = new Map(this.#records.list());
    // A host that sends on to one that turns us away bans as well, though nobody was judged there.
    const hosts = new Set([...records.keys(), ...bans.keys()]);
    return [...hosts].map((host) => ({
      host,
      ...(records.get(host) ?? { requests: 0, ok: 0, blocked: 0 }),
      bans: (bans.get(host) ?? []).map(({ proxy, until }) => ({ proxy, until: new Date(until).toISOString() })),
    }));
  }

  /** Looks whether each of them is there, and learns from it. */
  async check(): Promise<ProxyReport[]> {
    await Promise.all([...this.#members.values()].map((member) => this.#probe(member)));
    return this.report();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  async #probeDead(): Promise<void> {
    const now = this.#now();
    const due = [...this.#members.values()].filter(({ health }) => health.state === 'dead' && health.restsUntil <= now);
    await Promise.all(due.map((member) => this.#probe(member)));
  }

  async #probe({ server, health }: Member): Promise<void> {
    try {
      await reach(server, probeTimeout, this.#closing.signal);
      health.revived(this.#now());
    } catch (error) {
      if (!this.#closing.signal.aborted) health.failed((error as Error).message, this.#now());
    }
  }

  #labelled(country: string | undefined, pool: string | undefined): Member[] {
    const members = [...this.#members.values()];
    if (country === undefined && pool === undefined) return members;
    const labels = { country: country?.toLowerCase(), pool: pool?.toLowerCase() };
    const found = members.filter(
      ({ server }) =>
        (labels.country === undefined || server.country === labels.country) &&
        (labels.pool === undefined || server.pool === labels.pool),
    );
    if (found.length > 0) return found;
    throw noSuchLabels(
      labels,
      members.map(({ server }) => server),
    );
  }

  #allBanned(members: readonly Member[], host: string, now: number): Problem {
    const bans = members.map(({ server }) => this.#bans.of(server.id, host, now)).filter((ban) => ban !== undefined);
    const retryAfter = Math.max(1, Math.ceil((Math.min(...bans.map(({ until }) => until)) - now) / 1000));
    const all = members.length === 1 ? 'the only proxy' : `all ${members.length} proxies`;
    const vendor = bans.find((ban) => ban.vendor !== undefined)?.vendor;
    return new Problem(
      'blocked',
      `${host} has turned away ${all} that may be used for this, and is left alone for a while; try again in ${retryAfter} s.`,
      { retryAfter, members: { vendor: vendor ?? null, evidence: [`${all} banned at ${host}`] } },
    );
  }
}

function noSuchLabels(
  { country, pool }: { country: string | undefined; pool: string | undefined },
  servers: readonly ProxyServer[],
): Problem {
  const asked = [country && `country=${country}`, pool && `pool=${pool}`].filter(Boolean).join(' ');
  const there = [...new Set(servers.map((each) => shownLabels(each)).filter((text) => text !== ''))].sort();
  const exist =
    servers.length === 0
      ? 'no proxies are configured'
      : there.length === 0
        ? 'none of the proxies has such labels'
        : `there are: ${there.slice(0, 40).join(', ')}`;
  return new Problem('bad_parameter', `There is no proxy with ${asked}; ${exist}.`, {
    members: { parameter: country !== undefined ? 'country_code' : 'proxy_pool' },
  });
}

function shownLabels({ country, pool }: ProxyServer): string {
  return [country && `country=${country}`, pool && `pool=${pool}`].filter(Boolean).join(' ');
}

function least<T>(items: readonly T[], weight: (item: T) => number): T {
  return items.reduce((best, each) => (weight(each) < weight(best) ? each : best));
}
