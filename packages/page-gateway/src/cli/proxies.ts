// `page-gateway proxies check`: asks each proxy for a page that tells who asked, and shows how it went. Credentials of proxies
// are shown nowhere.
import { isIP } from 'node:net';
import { ErrandError, Session } from 'errand';
import type { ProxyServer } from '../core/proxy-server.js';
import { loadProxies } from '../proxies/parse.js';
import type { Branch, Leaf } from './command.js';
import { commaSeparated, wholeNumber } from './numbers.js';
import { fetchingFlags } from './settings.js';
import { quoted } from './strict.js';
import { drawTable } from './table.js';
import { UsageError } from './usage-error.js';

const usualEcho = 'https://api.ipify.org/?format=json';

interface Outcome {
  readonly proxy: ProxyServer;
  readonly times: readonly number[];
  readonly failures: number;
  readonly lastError: string | undefined;
  readonly address: string | undefined;
}

const check: Leaf = {
  name: 'check',
  summary: 'Shows which proxies work: latency, exit address, protocol, failures.',
  flags: {
    file: { type: 'positional', optional: true, description: 'The list, as for --proxies.' },
    proxies: fetchingFlags.proxies!,
    via: {
      type: 'string',
      valueHint: 'URL',
      description: 'A page that answers with the address that it was asked from.',
      otherwise: usualEcho,
    },
    times: { type: 'string', valueHint: 'N', description: 'How often each proxy is asked.', otherwise: '3' },
    timeout: { type: 'string', valueHint: 'SECONDS', description: 'How long each time.', otherwise: '10' },
    allow: fetchingFlags.allow!,
    json: { type: 'boolean', description: 'A line of JSON for each proxy.' },
  },
  examples: [
    'page-gateway proxies check proxies.txt',
    'page-gateway proxies check --via http://10.0.0.5/ip --allow 10.0.0.5',
  ],
  notes: ['The exit code is 1 where a proxy never worked.'],
  async run(given, io) {
    const file = given.text('file') ?? given.text('proxies') ?? io.env.PAGE_GATEWAY_PROXIES;
    if (!file) throw new UsageError('a list of proxies is missing: page-gateway proxies check FILE');
    const via = urlOf(given.text('via') ?? usualEcho);
    const times = wholeNumber(given.text('times') ?? '3', '--times', { min: 1, max: 100 });
    const timeout = wholeNumber(given.text('timeout') ?? '10', '--timeout', { min: 1, max: 300 }) * 1000;
    const allow = commaSeparated(given.list('allow') ?? [io.env.PAGE_GATEWAY_ALLOW ?? '']);
    const proxies = await loadProxies(file);
    if (proxies.length === 0) throw new UsageError(`${file}: there is no proxy in it`);
    await using session = new Session({
      guard: { allow },
      retry: false,
      breaker: false,
      timeout,
      maxBodySize: '64kb',
      limits: { '*': { concurrency: 16 } },
      // Each time on a connection of its own: what is measured is what a new visit would see.
      connection: { maxRequests: 1 },
    });
    const outcomes = await Promise.all(proxies.map((proxy) => ask(proxy, { session, via, times })));
    if (given.on('json')) for (const outcome of outcomes) io.stdout.write(`${JSON.stringify(jsonOf(outcome))}\n`);
    else io.stdout.write(drawTable(heads, outcomes.map(cells)));
    return outcomes.every(({ times: good }) => good.length > 0) ? 0 : 1;
  },
};

export const proxiesCommand: Branch = {
  name: 'proxies',
  summary: 'Looks after the list of proxies.',
  commands: { check },
};

async function ask(
  proxy: ProxyServer,
  { session, via, times }: { session: Session; via: string; times: number },
): Promise<Outcome> {
  const good: number[] = [];
  let failures = 0;
  let lastError: string | undefined;
  let address: string | undefined;
  for (let time = 0; time < times; time += 1) {
    const started = performance.now();
    try {
      const response = await session.get(via, { proxy: proxy.url });
      good.push(performance.now() - started);
      address = addressIn(await response.text()) ?? address;
    } catch (error) {
      if (!(error instanceof ErrandError)) throw error;
      failures += 1;
      lastError = errorOf(error);
    }
  }
  return { proxy, times: good, failures, lastError, address };
}

/** The first address that stands in the answer, whatever its format. */
function addressIn(text: string): string | undefined {
  return text.match(/[0-9a-f:.]{3,}/gi)?.find((word) => isIP(word) !== 0);
}

function errorOf(error: ErrandError): string {
  const status = 'status' in error && typeof error.status === 'number' ? ` ${error.status}` : '';
  return `${error.name}${status}`;
}

const heads = ['PROXY', 'PROTOCOL', 'LATENCY', 'EXIT ADDRESS', 'FAILURES', 'LAST ERROR', 'LABELS'];

function cells({ proxy, times, failures, lastError, address }: Outcome): string[] {
  const latency = medianOf(times);
  return [
    proxy.id,
    protocolOf(proxy),
    latency === undefined ? '-' : `${latency} ms`,
    address ?? '-',
    `${failures}/${failures + times.length}`,
    lastError ?? '-',
    labelsOf(proxy) || '-',
  ];
}

function jsonOf({ proxy, times, failures, lastError, address }: Outcome): object {
  return {
    id: proxy.id,
    url: proxy.shown,
    protocol: protocolOf(proxy),
    latencyMs: medianOf(times) ?? null,
    exitAddress: address ?? null,
    successes: times.length,
    failures,
    lastError: lastError ?? null,
    labels: proxy.labels,
  };
}

function protocolOf({ shown }: ProxyServer): string {
  return new URL(shown).protocol.slice(0, -1);
}

function labelsOf({ labels }: ProxyServer): string {
  return Object.entries(labels)
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function medianOf(times: readonly number[]): number | undefined {
  const middle = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
  return middle === undefined ? undefined : Math.round(middle);
}

function urlOf(value: string): string {
  if (URL.canParse(value) && /^https?:/i.test(value)) return value;
  throw new UsageError(`--via: expected an http or https URL, got ${quoted(value)}`);
}
