// Tests run against the TypeScript sources: every package name is an alias of its front door.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
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
 * Those that end workers, see what a process is told once, count what a process has open, or use a framework that knows one
 * bot only, need a process of their own.
 */
const alone = [
  'packages/errand/test/worker-*.test.ts',
  'packages/errand/test/process-*.test.ts',
  'packages/errand/test/{connect-socket,extend-sessions,testing-scripted}.test.ts',
  'packages/redis/test/close-state.test.ts',
  'packages/discord-sandbox/test/sapphire.test.ts',
  'packages/discord/test/examples.test.ts',
];
/** On CI a test that a busy machine held up is run once more; the log names it. */
const retry = process.env.CI ? 1 : 0;
/** What is waited for may come late on a busy machine: a limit of its own is for tests whose meaning is the time. */
const expectation = { poll: { timeout: 10_000, interval: 20 } };
const common = { pool: 'forks', testTimeout: 20_000, hookTimeout: 30_000, retry, expect: expectation } as const;
const every = ['test/**/*.test.ts', '{packages,apps}/*/test/**/*.test.ts'];

/**
 * Those that take longest begin first, so that none is alone at the end. What computes (browsers, processes that start) and
 * what waits (for limits of time, for servers that are away) take turns, so that the processors always have something to do.
 */
const computing = [
  'page-gateway/test/render-life',
  'page-gateway/test/render-hostile',
  'page-gateway/test/redis-service',
  'discord-sandbox/test/playground-messages',
  'discord-sandbox/test/playground-inspector',
  'page-gateway/test/cli-serve',
  'page-gateway/test/render-guard',
  'page-gateway/test/formats-hostile',
  'discord-sandbox/test/playground-composer',
  'page-gateway/test/contract-service',
  'apps/bot/test/main',
  'page-gateway/test/cli-batch',
  'discord-sandbox/test/playground-layout',
  'page-gateway/test/dashboard-page',
  'discord-sandbox/test/playground-components',
  'page-gateway/test/cli-redis',
  'page-gateway/test/ladder-pages',
];
const waiting = [
  'page-gateway/test/redis-jobs-killed',
  'page-gateway/test/render-page',
  'page-gateway/test/redis-hosts',
  'page-gateway/test/redis-keys',
  'redis/test/limits-processes',
  'page-gateway/test/redis-sessions-away',
  'discord/test/shutdown',
  'page-gateway/test/redis-jobs',
  'discord/test/lifecycle',
  'discord/test/discord-troubled',
  'page-gateway/test/render-patience',
  'page-gateway/test/tickets-handoff',
  'page-gateway/test/redis-connection',
  'redis/test/limits-away',
  'discord-sandbox/test/resume',
  'discord/test/pace',
  'discord/test/autocomplete',
  'page-gateway/test/redis-bans',
  'errand/test/malformed-answers',
  'discord/test/deferral',
  'page-gateway/test/redis-sessions-turns',
  'discord/test/register',
  'errand/test/fault-ways',
  'redis/test/breaker-cache',
];
/** From 0 for the first of each list to 1 for the last; 1 for the rest. */
function turnOf(path: string): number {
  const turns = [computing, waiting].map((list) => {
    const place = list.findIndex((each) => path.endsWith(`${each}.test.ts`));
    return place === -1 ? 1 : place / list.length;
  });
  return Math.min(...turns);
}
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification) => (project.name === 'apart' ? -1 : turnOf(moduleId));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

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
    maxWorkers: Math.max(4, availableParallelism()),
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]]
      : ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'apart', include: alone, ...common } },
      // The others leave no trace in their process, so that what they need is not loaded anew for each file.
      { extends: true, test: { name: 'together', include: every, exclude: alone, isolate: false, ...common } },
    ],
  },
});
