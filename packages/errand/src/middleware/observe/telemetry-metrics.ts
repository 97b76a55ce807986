// The metrics of the semantic conventions for HTTP clients: how long requests take, how many are under way, how many
// connections are open. Instruments are made again when the program registers another provider.
import type * as OpenTelemetry from '@opentelemetry/api';

type Api = typeof OpenTelemetry;
type Attributes = OpenTelemetry.Attributes;

/** Connections to one origin. */
export interface ConnectionCount {
  readonly origin: URL;
  readonly idle: number;
  readonly active: number;
}

/** Somebody who knows connections. Forgotten when nobody else knows it any more. */
export interface ConnectionCensus {
  countConnections(): Iterable<ConnectionCount>;
}

interface Instruments {
  readonly duration: OpenTelemetry.Histogram;
  readonly active: OpenTelemetry.UpDownCounter;
}

/** Seconds, as the conventions advise. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export class Metrics {
  readonly #api: Api;
  readonly #scope: string;
  #provider: OpenTelemetry.MeterProvider | undefined;
  #made: Instruments | undefined;
  #known = new WeakSet<ConnectionCensus>();
  readonly #counted = new Set<WeakRef<ConnectionCensus>>();

  constructor(api: Api, scope: string) {
    this.#api = api;
    this.#scope = scope;
  }

  duration(seconds: number, attributes: Attributes): void {
    this.#instruments().duration.record(seconds, attributes);
  }

  active(change: 1 | -1, attributes: Attributes): void {
    this.#instruments().active.add(change, attributes);
  }

  count(census: ConnectionCensus): void {
    if (this.#known.has(census)) return;
    this.#known.add(census);
    this.#counted.add(new WeakRef(census));
  }

  #instruments(): Instruments {
    const provider = this.#api.metrics.getMeterProvider();
    if (this.#made !== undefined && provider === this.#provider) return this.#made;
    this.#provider = provider;
    const meter = provider.getMeter(this.#scope);
    meter
      .createObservableUpDownCounter('http.client.open_connections', {
        description: 'Outgoing connections that are open.',
        unit: '{connection}',
      })
      .addCallback((result) => this.#observe(result));
    this.#made = {
      duration: meter.createHistogram('http.client.request.duration', {
        description: 'How long requests took.',
        unit: 's',
        advice: { explicitBucketBoundaries: boundaries },
      }),
      active: meter.createUpDownCounter('http.client.active_requests', {
        description: 'Requests under way.',
        unit: '{request}',
      }),
    };
    return this.#made;
  }

  #observe(result: OpenTelemetry.ObservableResult): void {
    const sums = new Map<string, { readonly origin: URL; idle: number; active: number }>();
    for (const reference of this.#counted) {
      const census = reference.deref();
      if (census === undefined) {
        this.#counted.delete(reference);
        continue;
      }
      for (const { origin, idle, active } of census.countConnections()) {
        const sum = sums.get(origin.origin) ?? { origin, idle: 0, active: 0 };
        sum.idle += idle;
        sum.active += active;
        sums.set(origin.origin, sum);
      }
    }
    for (const { origin, idle, active } of sums.values()) {
      const scheme = origin.protocol.slice(0, -1);
      const shared = {
        'server.address': origin.hostname.replace(/^\[|\]$/g, ''),
        'server.port': Number(origin.port) || (scheme === 'https' ? 443 : 80),
        'url.scheme': scheme,
      };
      result.observe(idle, { ...shared, 'http.connection.state': 'idle' });
      result.observe(active, { ...shared, 'http.connection.state': 'active' });
    }
  }
}
