import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@errand/discord-sandbox';
import { expect, it, onTestFinished } from 'vitest';
import { startBot } from '../src/bot.js';
import { startDemoWeb } from '../src/demo/web.js';
import { moveIn } from '../src/moving-in.js';
import { demoEndpoints, demoIntervals } from '../src/settings.js';

it('follows in the next sandbox what was followed in the last one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'errand-home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const dataDir = join(home, 'new');
  await using web = await startDemoWeb();
  const url = `${web.origin}/board`;
  const onSandbox = async (act: (slash: (options?: Record<string, string>) => Promise<string>) => Promise<void>) => {
    await using sandbox = await startSandbox({ playground: false });
    await moveIn(dataDir, sandbox);
    await using _bot = await startBot({
      token: sandbox.token,
      rest: sandbox.rest,
      register: 'global',
      endpoints: demoEndpoints(web.origin),
      intervals: demoIntervals,
      pageGateway: undefined,
      dataDir,
      session: { guard: { allow: [new URL(web.origin).host] } },
      warn: (line) => expect.unreachable(line),
    });
    await act(async (options) => (await sandbox.slash('watch', options)).content);
  };
  await onSandbox(async (watch) => expect(await watch({ url })).toMatch(/^I watch/));
  await onSandbox(async (watch) => expect(await watch()).toContain(url));
  await onSandbox(async (watch) => expect(await watch({ stop: url })).toMatch(/^Stopped/));
  expect((await readdir(dataDir, { recursive: true })).sort()).toEqual(['feeds', 'home.json', 'watches']);
});
