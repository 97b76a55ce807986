// The secret that signs the dashboard's cookies: made once, kept in the data folder for its owner alone, so that nobody has to
// sign in again after a restart.
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const name = 'dashboard.secret';

export function dashboardSecret(folder: string): string {
  const path = join(folder, name);
  const known = read(path);
  if (known !== undefined) return known;
  // Whole or not at all, and by the first of several processes.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    rmWrong(path);
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(path, 'utf8').trim();
}

function read(path: string): string | undefined {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    return secret.length >= 40 ? secret : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** One that was cut short protects nothing. */
function rmWrong(path: string): void {
  if (read(path) === undefined) rmSync(path, { force: true });
}
