// `npm run soak [requests] [seed]`: the long soak, over the built package. Fails where anything went wrong or was left.
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [requests = '100000', seed = String(Math.floor(Math.random() * 2 ** 31))] = process.argv.slice(2);
const folder = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
mkdirSync(folder, { recursive: true });
const outfile = `${folder}soak.mjs`;
await build({
  entryPoints: [fileURLToPath(new URL('soak.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['errand'],
  logLevel: 'error',
});
const { soak } = await import(pathToFileURL(outfile).href);

const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap');
console.log(`soak: ${requests} requests, seed ${seed}`);
const { rate, outcomes, violations, left, heap } = await soak(Number(requests), Number(seed));
// Servers let go of their handles a turn after they have closed.
await new Promise((resolve) => setTimeout(resolve, 50));
const handles = resources();
const megabytes = heap.map((bytes) => (bytes / 1_048_576).toFixed(1));
console.log(`rate: ${Math.round(rate)} requests a second`);
console.log(`outcomes: ${JSON.stringify(outcomes)}`);
console.log(`left: ${JSON.stringify({ ...left, handles })}`);
console.log(`heap in use, MB, after each tenth: ${megabytes.join(' ')}`);
for (const violation of violations) console.error(violation);
const clean = violations.length === 0 && handles.length === 0 && Object.values(left).every((count) => count === 0);
process.exitCode = clean ? 0 : 1;
