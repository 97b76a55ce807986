// Makes one file of a child process's TypeScript and the workspace's sources, for node to run.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const made = new Map<string, Promise<string>>();

/** The path of the program that `source` becomes. */
export function bundle(source: URL): Promise<string> {
  const known = made.get(source.href) ?? make(source);
  made.set(source.href, known);
  return known;
}

async function make(source: URL): Promise<string> {
  // Inside node_modules, so that node finds discord.js, which stays outside.
  const outfile = file(`../../node_modules/.tests/${basename(source.pathname, '.ts')}-${process.pid}.mjs`);
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['discord.js'],
    // Packages written for require() are inside; they still ask for Node's own modules with it.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module';const require = requireFor(import.meta.url);",
    },
    alias: {
      errand: file('../../../errand/src/index.ts'),
      '@errand/discord': file('../../src/index.ts'),
    },
    logLevel: 'silent',
  });
  return outfile;
}
