// Makes sure that there is a Chromium for the browser tests: finds one, or installs Debian's own package as root.
// It never installs anything silently, and never uses anything but the system's package sources.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumMissing, findChromium } from './chromium.mjs';

const packages = ['chromium-headless-shell', 'chromium'];

process.exitCode = main();

function main() {
  const found = findChromium();
  if (found !== undefined) return report(`Chromium is here: ${found} (${versionOf(found)})`);
  if (process.env.CHROMIUM_PATH) return fail(chromiumMissing());
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return fail('No Chromium found: install Google Chrome or Chromium, or set CHROMIUM_PATH to its executable.');
  }
  if (process.getuid?.() !== 0) {
    return fail(
      `No Chromium found: run \`sudo apt-get install ${packages[0]}\` (or \`${packages[1]}\`), then this again.`,
    );
  }
  console.log('No Chromium found: refreshing the package lists with apt-get update');
  if (!apt(['update'])) console.log('apt-get update failed; trying with the lists that are here');
  for (const name of packages) {
    console.log(`Installing ${name} with apt-get`);
    if (!apt(['install', '-y', '--no-install-recommends', name])) continue;
    const installed = findChromium();
    if (installed !== undefined) return report(`Installed ${installed} (${versionOf(installed)})`);
  }
  return fail(`apt-get could install neither ${packages.join(' nor ')}: see its messages above, or set CHROMIUM_PATH.`);
}

function apt(args) {
  const { status } = spawnSync('apt-get', ['-q', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env.PATH, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    timeout: 600_000,
  });
  return status === 0;
}

function versionOf(path) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return stdout?.trim() || 'version unknown';
}

function report(line) {
  console.log(line);
  return 0;
}

function fail(line) {
  console.error(line);
  return 1;
}
