// Tests run against the TypeScript sources: every package name is an alias of its front door.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { workerModule } from './packages/errand/scripts/bundle-worker.mjs';
import { workerFileModule } from './packages/page-gateway/scripts/bundle-worker.mjs';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Node 20 runs no TypeScript, so the sources' workers are bundled for it, once per run. */
const bundles = new Map([
  ['/errand/src/parse/worker-bundled.ts', workerModule],
  ['/page-gateway/src/formats/worker-file.ts', workerFileModule],
]);
const bundled = new Map<string, Promise<string>>();
const workers = {
  name: 'errand-workers',
  load(id: string) {
    const [end, bundle] = [...bundles].find(([each]) => id.endsWith(each)) ?? [];
    if (end === undefined || bundle === undefined) return undefined;
    const module = bundled.get(end) ?? bundle();
    bundled.set(end, module);
    return module;
  },
};

/**
 * Those that end workers, see what a process is told once, share a browser until their end, or use a framework that knows one
 * bot only, need a process of their own.
 */
const alone = [
  'packages/errand/test/worker-*.test.ts',
  'packages/errand/test/process-*.test.ts',
  'packages/discord-sandbox/test/playground-*.test.ts',
  'packages/discord-sandbox/test/sapphire.test.ts',
  'packages/discord/test/examples.test.ts',
  'packages/page-gateway/test/dashboard-*.test.ts',
  'packages/page-gateway/test/tickets-*.test.ts',
];
/** On CI a test that a busy machine held up is run once more; the log names it. */
const retry = process.env.CI ? 1 : 0;
const common = { pool: 'forks', testTimeout: 20_000, hookTimeout: 30_000, retry } as const;

/** Tests that leave no trace in their process, so that what they need is not loaded anew for each file. */
const together = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, exclude: alone, isolate: false, ...common },
});

export default defineConfig({
  plugins: [workers],
  resolve: {
    alias: [
      { find: /^errand$/, replacement: source('packages/errand/src/index.ts') },
      { find: /^errand\/testing$/, replacement: source('packages/errand/src/testing/index.ts') },
      { find: /^@errand\/discord$/, replacement: source('packages/discord/src/index.ts') },
      { find: /^@errand\/page-gateway$/, replacement: source('packages/page-gateway/src/index.ts') },
      { find: /^@errand\/redis$/, replacement: source('packages/redis/src/index.ts') },
      { find: /^@errand\/discord-sandbox$/, replacement: source('packages/discord-sandbox/src/index.ts') },
    ],
  },
  test: {
    // Most tests wait for sockets, browsers and processes more than they compute.
    maxWorkers: Math.max(3, availableParallelism()),
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]]
      : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts', 'packages/redis/test/**/*.test.ts', ...alone],
          ...common,
        },
      },
      together('errand', ['packages/errand/test/**/*.test.ts']),
      together('gateway', ['packages/page-gateway/test/**/*.test.ts']),
      together('bots', ['packages/{discord,discord-sandbox}/test/**/*.test.ts', 'apps/*/test/**/*.test.ts']),
    ],
  },
});
