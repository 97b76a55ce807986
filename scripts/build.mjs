// Builds everything that `npm start` and the packages need: TypeScript by project references, then the pages.
// It never downloads anything and prints one line per step with its time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['packages/discord-sandbox', 'packages/page-gateway'].filter((path) =>
  existsSync(new URL(`../${path}/vite.config.ts`, import.meta.url)),
);

step('typescript', ['tsc', '-b'], root);
step('the worker of errand', ['node', 'packages/errand/scripts/bundle-worker.mjs'], root);
for (const path of pages) step(`pages of ${path}`, ['vite', 'build', '--logLevel', 'warn'], `${root}${path}`);

function step(label, [command, ...args], cwd) {
  const started = performance.now();
  const { status } = spawnSync(command === 'node' ? process.execPath : `${root}node_modules/.bin/${command}`, args, {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log(`built ${label} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
