// Node 20 runs no TypeScript: for tests from the sources, the worker that converts documents is bundled into a file among
// the packages' caches.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../../../node_modules/.cache/errand/', import.meta.url));

/** A module that says where the worker is. */
export async function workerFileModule() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/formats/formats-worker.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Of some packages the sources of errand and ours have different versions: all are bundled from where they are.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    alias: { errand: fileURLToPath(new URL('../../errand/src/index.ts', import.meta.url)) },
    write: false,
  });
  const code = outputFiles[0].contents;
  // By its content, so that test runs beside this one find their own.
  const file = `${folder}formats-worker-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return `export const workerFile = new URL(${JSON.stringify(pathToFileURL(file).href)});\n`;
}
