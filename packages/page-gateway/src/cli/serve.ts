// `page-gateway serve`: starts the service, says what it did, and closes it in good order at the first signal.
import { once } from 'node:events';
import type { Started } from '../gateway/gateway.js';
import type { Leaf } from './command.js';
import { version } from './command-line.js';
import { fetchingFlags, readSettings, type Settings, servingFlags } from './settings.js';
import { watchSignals } from './signals.js';

export const serveCommand: Leaf = {
  name: 'serve',
  summary: 'Runs the service until it is told to stop.',
  flags: { ...servingFlags, ...fetchingFlags },
  examples: [
    'page-gateway serve',
    'page-gateway serve --port 9000 --proxies proxies.txt --allow 10.1.0.0/16',
    'PAGE_GATEWAY_ALLOW=intranet:8080,10.1.0.0/16 page-gateway serve',
  ],
  notes: [
    'NODE_EXTRA_CA_CERTS names further certificate authorities. SIGTERM and Ctrl-C let the calls under way end; a second one ends at once.',
  ],
  async run(given, io) {
    const settings = readSettings(given, io);
    const ending = watchSignals();
    try {
      const { createPageGateway } = await import('../gateway/gateway.js');
      const gateway = await createPageGateway(settings).catch((error: unknown) => {
        throw startError(error, settings);
      });
      io.stdout.write(startLines(gateway.started, settings));
      if (!ending.signal.aborted) await once(ending.signal, 'abort');
      io.stderr.write(`${ending.name()}: calls under way may end; the same again ends at once.\n`);
      await gateway.close();
      return 0;
    } finally {
      ending.stop();
    }
  },
};

function startLines({ url, data, redis, keys, proxies, chromium, renderingOff }: Started, settings: Settings): string {
  const rows = [
    ['address', `${url}/`],
    ['data', data],
    ...(redis === undefined ? [] : [['redis', `${redis}, shared with other gateways`]]),
    [
      'keys',
      keys ? 'every call needs one' : 'none: only this machine is served (page-gateway keys add NAME makes one)',
    ],
    ['proxies', proxies === 0 ? 'none: pages are asked for directly' : `${proxies} (${settings.proxies})`],
    ['chromium', chromium ?? `off: ${renderingOff ?? 'switched off'}`],
    ['try', `curl '${url}/?${keys ? 'auth_key=KEY&' : ''}url=https%3A%2F%2Fexample.com%2F'`],
  ];
  return `page-gateway ${version()}\n${rows.map(([name, value]) => `  ${name!.padEnd(8)}  ${value}\n`).join('')}`;
}

function startError(error: unknown, { host = '127.0.0.1', port = 8787 }: Settings): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new TypeError(
        `port ${port} is taken: stop what listens there, or choose another by --port (0 takes a free one)`,
      );
    case 'EACCES':
      return new TypeError(`port ${port} is for root only: choose one above 1023 by --port`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new TypeError(`${host} is no address of this machine: choose another by --host`);
    default:
      return error;
  }
}
