// Checks each package as its users will get it: what it exports resolves (publint, attw), and what it declares it uses
// (knip). Prints every finding and fails on the first package that has one.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const folder of readdirSync(`${root}packages`)) {
  const { name } = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8'));
  run(`${name}: publint`, ['publint', '--strict'], `${root}packages/${folder}`);
  run(`${name}: attw`, ['attw', '--pack', '.', '--profile', 'esm-only', '--quiet'], `${root}packages/${folder}`);
}
run('unused files, exports and dependencies: knip', ['knip'], root);

function run(label, [command, ...args], cwd) {
  const { status } = spawnSync(`${root}node_modules/.bin/${command}`, args, { cwd, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${label}`);
  if (status !== 0) process.exit(1);
}
