// `npm run bench [name …]`: runs the benchmarks named, or all of them, one after the other, each in a process of its own.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const shared = new Set(['run.mjs', 'measure.mjs', 'server.mjs']);
const all = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : [entry.name];
  return entry.name.endsWith('.mjs') && !shared.has(entry.name) ? [entry.name.slice(0, -4)] : [];
});
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}.`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : all) {
  const file = readdirSync(folder).includes(`${name}.mjs`) ? `${name}.mjs` : `${name}/run.mjs`;
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
