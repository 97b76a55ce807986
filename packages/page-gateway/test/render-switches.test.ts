// The lists of features that Chromium is launched with: only the last of each counts, so ours must hold all of Playwright's.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { launch } from '../src/render/launch.js';

test.skipIf(process.platform === 'win32')(
  'what Playwright asks of Chromium still holds beside our own lists',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'page-gateway-switches-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'chromium');
    const told = join(folder, 'told');
    await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > '${told}'\n`, { mode: 0o755 });
    await expect(launch({ path, version: '156.0.0.0', google: false }, 'http://127.0.0.1:1')).rejects.toThrow();

    const switches = (await readFile(told, 'utf8')).split('\n');
    for (const name of ['--enable-features=', '--disable-features=']) {
      const lists = switches.filter((each) => each.startsWith(name)).map((each) => each.slice(name.length).split(','));
      const [theirs, ours] = lists;
      expect(lists).toHaveLength(2);
      expect(ours).toEqual(expect.arrayContaining(theirs ?? []));
      expect(ours?.length).toBeGreaterThan(theirs?.length ?? 0);
    }
  },
);
