// Before the tests: makes sure that what they talk to is there (Chromium, and servers from Debian's packages). As root on
// Debian it installs what is missing and says so; elsewhere it says what to install, and the tests that need it say that
// they are skipped. On CI a part that is missing is a failure.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const steps = ['install-chromium.mjs', 'install-servers.mjs'];

for (const step of steps) {
  const script = fileURLToPath(new URL(step, import.meta.url));
  if (!existsSync(script)) continue;
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0 && process.env.CI) process.exit(status ?? 1);
}
