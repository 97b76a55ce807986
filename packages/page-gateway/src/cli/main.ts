// The program `page-gateway`: runs what was typed and leaves its exit code. A reader that goes away, as `head` does, ends it
// quietly.
import { batchCommand } from './batch.js';
import type { Branch } from './command.js';
import { runCommandLine } from './command-line.js';
import { fetchCommand } from './fetch.js';
import { keysCommand } from './keys.js';
import { proxiesCommand } from './proxies.js';
import { serveCommand } from './serve.js';

export const root: Branch = {
  name: 'page-gateway',
  summary: 'The HTML of any page by one call.',
  commands: {
    serve: serveCommand,
    fetch: fetchCommand,
    batch: batchCommand,
    keys: keysCommand,
    proxies: proxiesCommand,
  },
  examples: [
    'page-gateway serve',
    "curl 'http://127.0.0.1:8787/?url=https%3A%2F%2Fexample.com%2F'",
    'page-gateway fetch https://example.com/ --format markdown',
  ],
  notes: ['page-gateway --version tells the version.'],
};

export async function main(argv = process.argv.slice(2)): Promise<void> {
  process.stdout.on('error', endQuietly);
  process.stderr.on('error', endQuietly);
  process.exitCode = await runCommandLine(root, argv, process);
}

function endQuietly(error: NodeJS.ErrnoException): void {
  // What a reader of a closed pipe did not want needs no complaint; the exit code is the shell's for SIGPIPE.
  process.exit(error.code === 'EPIPE' ? 141 : 1);
}
