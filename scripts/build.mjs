// Builds everything that `npm start` and the packages need: TypeScript by project references, and beside it the pages, which
// need nothing that it makes. It never downloads anything and prints one line per step with its time. Types are checked by
// `npm run types`: that takes as long again, and somebody who starts the bot need not wait for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['packages/discord-sandbox', 'packages/page-gateway'].filter((path) =>
  existsSync(new URL(`../${path}/vite.config.ts`, import.meta.url)),
);

await Promise.all([buildPackages(), buildPages()]);

async function buildPackages() {
  await step('typescript', ['tsc', '-b', '--noCheck'], root);
  await step('the worker of errand', ['node', 'packages/errand/scripts/bundle-worker.mjs'], root);
}

async function buildPages() {
  for (const path of pages) await step(`pages of ${path}`, ['vite', 'build', '--logLevel', 'warn'], `${root}${path}`);
}

/** One that fails does not end what runs beside it, but nothing follows it. */
async function step(label, [command, ...args], cwd) {
  if (process.exitCode) return;
  const started = performance.now();
  const child = spawn(command === 'node' ? process.execPath : `${root}node_modules/.bin/${command}`, args, {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [status] = await once(child, 'close');
  if (status === 0) console.log(`built ${label} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  else process.exitCode = status ?? 1;
}
