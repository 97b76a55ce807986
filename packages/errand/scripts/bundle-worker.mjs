// The worker in one piece, as CommonJS source: written over the empty place for it in dist, with the licences of what is in
// it beside, and given to tests from the sources as they are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('../dist/parse/', import.meta.url);

async function bundle(minify) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['src/parse/errand-worker.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify,
    metafile: true,
    write: false,
  });
  return {
    code: result.outputFiles[0].text,
    inputs: Object.keys(result.metafile.inputs).map((file) => join(root, file)),
  };
}

/** A module with the code as `code`, for whoever runs the sources. */
export async function workerModule() {
  const { code } = await bundle(false);
  return `export const code = ${JSON.stringify(code)};\n`;
}

/** The licences of the packages that the files come from. */
function licences(files) {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []));
  return [...packages].sort().map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const file = readdirSync(directory).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(directory, file), 'utf8').trim() : ''}\n`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code, inputs } = await bundle(true);
  writeFileSync(new URL('worker-bundled.js', dist), `export const code = ${JSON.stringify(code)};\n`);
  writeFileSync(new URL('worker-bundled.LICENSES.txt', dist), licences(inputs).join(`\n${'-'.repeat(72)}\n\n`));
}
