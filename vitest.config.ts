// Tests run against the TypeScript sources: every package name is an alias of its front door.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { workerModule } from './packages/errand/scripts/bundle-worker.mjs';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Node 20 runs no TypeScript, so the sources' worker is bundled for it, once per run. */
let worker: Promise<string> | undefined;
const errandWorker = {
  name: 'errand-worker',
  load(id: string) {
    if (!id.endsWith('/errand/src/parse/worker-bundled.ts')) return undefined;
    worker ??= workerModule();
    return worker;
  },
};

export default defineConfig({
  plugins: [errandWorker],
  resolve: {
    alias: [
      { find: /^errand$/, replacement: source('packages/errand/src/index.ts') },
      { find: /^errand\/testing$/, replacement: source('packages/errand/src/testing/index.ts') },
      { find: /^@errand\/discord$/, replacement: source('packages/discord/src/index.ts') },
      { find: /^@errand\/discord-sandbox$/, replacement: source('packages/discord-sandbox/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]]
      : ['default'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
