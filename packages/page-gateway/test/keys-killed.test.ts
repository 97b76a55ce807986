// Two processes count calls of one key in one file, and are killed in the middle: what was over is counted, and nothing more
// than what was under way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Keys } from '../src/keys/keys.js';
import { openStore } from '../src/store/store.js';
import { temporaryFolder } from './support/folder.js';

const program = fileURLToPath(new URL('children/spend.mjs', import.meta.url));
const callers = 8;

test('kill -9 in the middle of counting loses nothing that was over and doubles nothing', async () => {
  const folder = temporaryFolder();
  const store = openStore({ folder });
  const keys = new Keys({ store: store.keys });
  const made = await keys.add({ name: 'busy' });
  let over = 0;
  let running = 0;
  for (const round of [1, 2]) {
    const children = [1, 2].map(() =>
      spawn(process.execPath, [program, folder, made?.secret ?? ''], { stdio: 'pipe' }),
    );
    running += children.length * callers;
    await Promise.all(
      children.map(async (child) => {
        let written = 0;
        let said = '';
        child.stderr.on('data', (data: Buffer) => {
          said += data;
        });
        child.stdout.on('data', (data: Buffer) => {
          written += data.length;
          if (written > 300 * round) child.kill('SIGKILL');
        });
        await once(child, 'close');
        expect([child.signalCode, said]).toEqual(['SIGKILL', '']);
        over += written;
      }),
    );
  }
  const { used } = (await keys.usage(await keys.identify(made?.secret))).quota;
  expect(used).toBeGreaterThanOrEqual(over);
  expect(used).toBeLessThanOrEqual(over + running);
  store.close();
});
