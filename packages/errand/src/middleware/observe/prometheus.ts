// The numbers of a session in Prometheus' text format. Names never change with what is counted, and however many hosts a
// session has asked, the series stay bounded.

/** What is written of a session's `stats()`. */
interface Numbers {
  readonly inFlight: number;
  readonly queued: number;
  readonly connections: { readonly open: number; readonly idle: number };
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly retried: number;
  readonly cacheHits: number;
  readonly deduped: number;
  readonly offloaded: number;
  readonly hosts: Record<string, HostNumbers>;
}

interface HostNumbers {
  readonly inFlight: number;
  readonly queued: number;
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly tokens?: number;
}

export interface PrometheusOptions {
  /** Hosts with series of their own, the busiest first; the others are summed up under `host="other"`. @default 100 */
  maxHosts?: number;
  /** Labels of every series, e.g. `{ shard: '3' }`. */
  labels?: Record<string, string>;
}

const circuitStates = { closed: 0, 'half-open': 1, open: 2 };

/**
 * The numbers of `session.stats()` in Prometheus' text format (`text/plain; version=0.0.4`).
 * @example server.get('/metrics', () => prometheus(session.stats()))
 * @throws TypeError where a label's name is none, or maxHosts is no number of hosts.
 */
export function prometheus(stats: Numbers, options: PrometheusOptions = {}): string {
  const { maxHosts = 100, labels = {} } = options;
  if (!Number.isInteger(maxHosts) || maxHosts < 0)
    throw new TypeError(`maxHosts: expected a number of hosts, got ${String(maxHosts)}`);
  const page = new Page(labels);
  page.gauge('errand_requests_in_flight', 'Requests under way.', stats.inFlight);
  page.gauge('errand_requests_queued', 'Requests that wait for their turn.', stats.queued);
  page.gauge('errand_connections_open', 'Open connections, idle ones included.', stats.connections.open);
  page.gauge('errand_connections_idle', 'Open connections that carry no request.', stats.connections.idle);
  page.counter('errand_requests_total', 'Requests made.', stats.requests);
  page.counter('errand_requests_succeeded_total', 'Requests that ended with a response.', stats.succeeded);
  page.counter('errand_requests_failed_total', 'Requests that ended with an error.', stats.failed);
  page.counter('errand_retries_total', 'Attempts made again.', stats.retried);
  page.counter('errand_cache_hits_total', 'Requests answered by the cache.', stats.cacheHits);
  page.counter('errand_deduped_total', "Requests that shared another's flight.", stats.deduped);
  page.counter('errand_offloaded_bodies_total', 'Bodies read in a worker thread.', stats.offloaded);
  const hosts = bounded(stats.hosts, maxHosts);
  page.perHost('errand_host_requests_in_flight', 'Requests under way at a host.', hosts, (host) => host.inFlight);
  page.perHost('errand_host_requests_queued', 'Requests that wait for a host.', hosts, (host) => host.queued);
  const circuit = "A host's circuit: 0 closed, 1 half-open, 2 open.";
  page.perHost('errand_host_circuit_state', circuit, hosts, (host) => circuitStates[host.circuit]);
  page.perHost(
    'errand_host_tokens',
    "Requests that a host's rate would let out at once.",
    hosts,
    (host) => host.tokens,
  );
  return page.text;
}

/** The busiest hosts by name, and one that stands for all others. */
function bounded(hosts: Record<string, HostNumbers>, most: number): Array<[string, HostNumbers]> {
  const entries = Object.entries(hosts);
  if (entries.length <= most) return entries;
  const weight = ({ inFlight, queued, circuit }: HostNumbers) => inFlight + queued + circuitStates[circuit];
  entries.sort(([, a], [, b]) => weight(b) - weight(a));
  const others = entries.slice(most).map(([, host]) => host);
  const sum = others.reduce((total, host) => ({
    inFlight: total.inFlight + host.inFlight,
    queued: total.queued + host.queued,
    circuit: circuitStates[host.circuit] > circuitStates[total.circuit] ? host.circuit : total.circuit,
  }));
  const { tokens: _, ...other } = sum;
  return [...entries.slice(0, most), ['other', other]];
}

class Page {
  text = '';
  readonly #labels: string;

  constructor(labels: Record<string, string>) {
    this.#labels = Object.entries(labels).map(labelOf).join(',');
  }

  gauge(name: string, help: string, value: number): void {
    this.#head(name, help, 'gauge');
    this.#line(name, '', value);
  }

  counter(name: string, help: string, value: number): void {
    this.#head(name, help, 'counter');
    this.#line(name, '', value);
  }

  perHost(
    name: string,
    help: string,
    hosts: Array<[string, HostNumbers]>,
    read: (host: HostNumbers) => number | undefined,
  ): void {
    const known = hosts.filter(([, host]) => read(host) !== undefined);
    if (known.length === 0) return;
    this.#head(name, help, 'gauge');
    for (const [host, numbers] of known) this.#line(name, `host="${escaped(host)}"`, read(numbers) as number);
  }

  #head(name: string, help: string, type: string): void {
    this.text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  }

  #line(name: string, label: string, value: number): void {
    const labels = [this.#labels, label].filter((each) => each !== '').join(',');
    this.text += `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
  }
}

function labelOf([name, value]: [string, string]): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__') || name === 'host')
    throw new TypeError(`labels: '${name}' cannot be the name of a label`);
  return `${name}="${escaped(String(value))}"`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
