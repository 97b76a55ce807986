// `page-gateway batch FILE`: fetches every URL of a file as a job of its own, and writes a line of JSON for each, in the order
// of the file. The same command goes on where an earlier one stopped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showProgress } from '../batch/progress.js';
import { type Found, layoutOf, readUrls } from '../batch/read-urls.js';
import { type Outcome, runBatch, type Work } from '../batch/run.js';
import type { PageRequest } from '../core/page-request.js';
import type { Given, Io, Leaf } from './command.js';
import { pageFlags, readPageFlags } from './page-flags.js';
import { fetchingFlags, readSettings, type Settings } from './settings.js';
import { watchSignals } from './signals.js';
import { quoted } from './strict.js';
import { UsageError } from './usage-error.js';

const { data: _data, ...ownFetchingFlags } = fetchingFlags;

export const batchCommand: Leaf = {
  name: 'batch',
  summary: 'Fetches every URL of a file; goes on where it stopped.',
  flags: {
    file: {
      type: 'positional',
      description: 'A URL a line, CSV with a column url, or JSON lines with a member url; - is stdin.',
    },
    out: {
      type: 'string',
      alias: 'o',
      valueHint: 'FILE',
      description: 'Where the results go, a line of JSON for each.',
      otherwise: 'stdout, which cannot be resumed',
    },
    'skip-bad': { type: 'boolean', description: 'Passes over lines that hold no URL, instead of refusing the file.' },
    quiet: { type: 'boolean', alias: 'q', description: 'Shows no progress.' },
    ...pageFlags,
    ...ownFetchingFlags,
  },
  examples: [
    'page-gateway batch urls.txt --out pages.jsonl --format markdown',
    'page-gateway batch shops.csv --out shops.jsonl --extract-rules \'{"title": "h1"}\'',
  ],
  notes: [
    'A result is { index, url, ok, status, headers, body | bodyBase64, error }. Beside the output stands OUT.journal until all is written: the same command goes on from there, also after kill -9, with nothing lost or doubled.',
    'Exit codes: 0 every page was got; 1 some were not (their lines say why); 2 the command line or the file is wrong; 130 stopped before the end.',
  ],
  async run(given, io) {
    const settings = readSettings(given, io);
    const { urls } = readFile(given, io);
    const request = readPageFlags(given, urls[0]!, settings);
    const ending = watchSignals();
    const out = given.text('out');
    const whole = out === undefined ? temporaryOutput() : { output: out, end: () => {} };
    try {
      const { url: _first, ...asked } = request;
      const outcome = await runBatch({
        ...{ urls, asked, output: whole.output, signal: ending.signal },
        open: (data) => openWork({ ...settings, data }, request),
        progress: given.on('quiet') ? { show() {}, stop() {} } : showProgress(io.stderr),
        ...(out === undefined && { sink: io.stdout }),
      });
      if (!given.on('quiet')) io.stderr.write(`${summary(outcome, out)}\n`);
      if (!outcome.over) return 130;
      return outcome.failed > 0 ? 1 : 0;
    } finally {
      whole.end();
      ending.stop();
    }
  },
};

function readFile(given: Given, io: Io): Found {
  const file = given.text('file') ?? '';
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(
      `FILE: ${quoted(file)} ${missing ? 'is not there' : `cannot be read (${(error as Error).message})`}`,
    );
  }
  const found = readUrls(text, layoutOf(file, text));
  if (found.bad.length > 0) {
    const some = [...found.bad.slice(0, 3), ...(found.bad.length > 3 ? [`and ${found.bad.length - 3} more`] : [])].join(
      '; ',
    );
    if (!given.on('skip-bad')) throw new UsageError(`FILE: ${some}; --skip-bad passes over such lines`);
    io.stderr.write(`Passed over: ${some}\n`);
  }
  if (found.urls.length === 0) throw new UsageError(`FILE: there is no URL in ${quoted(file)}`);
  return found;
}

/** Jobs in a store of the batch's own: neither keys nor other jobs are in its way. */
async function openWork(settings: Settings, request: PageRequest): Promise<Work> {
  const { createPageGateway } = await import('../gateway/gateway.js');
  const gateway = await createPageGateway({ logLevel: 'silent', ...settings, port: false });
  const { jobs, keys } = gateway.rooms;
  const key = await keys.identify(undefined);
  jobs.start();
  return {
    create: async (urls) => (await jobs.create(key, { request, urls })).id,
    state: (id) => jobs.get(key, id),
    results: (id, cursor) => jobs.results(key, id, { limit: 100, cursor }),
    close: () => gateway.close({ grace: 0 }),
  };
}

/** The results go to stdout as they come; the journal needs a place all the same. */
function temporaryOutput(): { output: string; end: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'page-gateway-batch-'));
  const end = () => {
    process.off('exit', end);
    rmSync(folder, { recursive: true, force: true });
  };
  // A reader that goes away ends the process at once.
  process.on('exit', end);
  return { output: join(folder, 'out.jsonl'), end };
}

function summary({ total, ok, failed, over, resumed }: Outcome, out: string | undefined): string {
  const before = resumed > 0 ? ` (${resumed} from before)` : '';
  const counts = `${ok + failed} of ${total} pages${before}: ${ok} got, ${failed} failed`;
  if (over) return `${counts}${out === undefined ? '' : `, in ${out}`}.`;
  return `Stopped at ${counts}.${out === undefined ? '' : ' The same command goes on from there.'}`;
}
