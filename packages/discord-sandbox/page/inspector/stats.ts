// Reads a session's stats() out of whatever a source handed over; what is missing or no number is 0.
export interface HostStats {
  readonly host: string;
  readonly inFlight: number;
  readonly queued: number;
  readonly circuit: string;
  readonly tokens: number | undefined;
}

export interface Stats {
  readonly inFlight: number;
  readonly queued: number;
  readonly open: number;
  readonly idle: number;
  readonly totals: ReadonlyArray<readonly [string, number]>;
  readonly hosts: readonly HostStats[];
}

type Fields = Readonly<Record<string, unknown>>;

const TOTALS = [
  ['requests', 'Requests'],
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
  ['retried', 'Retried'],
  ['cacheHits', 'From cache'],
  ['deduped', 'Shared'],
  ['offloaded', 'In workers'],
] as const;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

export function readStats(value: unknown): Stats {
  const stats = fieldsOf(value);
  const connections = fieldsOf(stats.connections);
  return {
    inFlight: number(stats.inFlight),
    queued: number(stats.queued),
    open: number(connections.open),
    idle: number(connections.idle),
    totals: TOTALS.filter(([key]) => key in stats).map(([key, name]) => [name, number(stats[key])]),
    hosts: Object.entries(fieldsOf(stats.hosts))
      .map(([host, each]) => readHost(host, fieldsOf(each)))
      .sort(
        (left, right) =>
          right.inFlight + right.queued - left.inFlight - left.queued || left.host.localeCompare(right.host),
      ),
  };
}

function readHost(host: string, fields: Fields): HostStats {
  return {
    host,
    inFlight: number(fields.inFlight),
    queued: number(fields.queued),
    circuit: typeof fields.circuit === 'string' ? fields.circuit : 'closed',
    tokens: typeof fields.tokens === 'number' ? fields.tokens : undefined,
  };
}
