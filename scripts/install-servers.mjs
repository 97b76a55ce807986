// Makes sure that the servers of the integration tests are here: finds them, or installs Debian's own packages as root. It
// says what it does, starts none of them as a service, and never uses anything but the system's package sources.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The command that a server is started by, and the package that brings it. */
const servers = [
  { command: 'nginx', from: 'nginx-light' },
  { command: 'haproxy', from: 'haproxy' },
  { command: 'squid', from: 'squid' },
  { command: 'tinyproxy', from: 'tinyproxy' },
  { command: 'microsocks', from: 'microsocks' },
  { command: 'redis-server', from: 'redis-server' },
];
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
const mayStart = '/usr/sbin/policy-rc.d';

process.exitCode = main();

function main() {
  const missing = servers.filter(({ command }) => !isHere(command));
  if (missing.length === 0) return report(`Servers are here: ${servers.map(({ command }) => command).join(', ')}`);
  const packages = missing.map(({ from }) => from).join(' ');
  const names = missing.map(({ command }) => command).join(', ');
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return fail(`Not found: ${names}. Install them with your system's packages; their tests are skipped until then.`);
  }
  if (process.getuid?.() !== 0) {
    return fail(
      `Not found: ${names}. Run \`sudo apt-get install --no-install-recommends ${packages}\`, then this again.`,
    );
  }
  console.log(`Not found: ${names}. Refreshing the package lists with apt-get update`);
  if (!apt(['update'])) console.log('apt-get update failed; trying with the lists that are here');
  console.log(`Installing ${packages} with apt-get`);
  withoutStarting(() => apt(['install', '-y', '--no-install-recommends', ...missing.map(({ from }) => from)]));
  const still = missing.filter(({ command }) => !isHere(command)).map(({ command }) => command);
  if (still.length === 0) return report(`Installed: ${names}`);
  return fail(`apt-get could not install ${still.join(', ')}: see its messages above.`);
}

function isHere(command) {
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

function apt(args) {
  const { status } = spawnSync('apt-get', ['-q', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    timeout: 600_000,
  });
  return status === 0;
}

/** Debian starts what it installs unless this file says otherwise (101: not allowed). */
function withoutStarting(install) {
  const own = !existsSync(mayStart);
  if (own) writeFileSync(mayStart, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (own) rmSync(mayStart);
  }
}

function report(line) {
  console.log(line);
  return 0;
}

function fail(line) {
  console.error(line);
  return 1;
}
