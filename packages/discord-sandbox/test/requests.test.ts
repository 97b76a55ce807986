import { channel } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.js';
import { startSandbox } from '../src/index.js';
import { hearRequests } from '../src/requests.js';
import type { HttpEvent } from '../src/world/types.js';
import { World } from '../src/world/world.js';

test('requests that a session made for an interaction reach its world, others do not', () => {
  const world = new World(systemClock);
  world.commands.replace(null, [{ type: 1, name: 'ask', description: 'd', default_member_permissions: null }]);
  const { id } = world.useCommand({ user: 'ada', guild: 'Sandbox' }, 'ask');
  const heard: HttpEvent[] = [];
  world.on('http', (event) => heard.push(event));
  const stop = hearRequests(world);
  const tell = (message: object) => channel('errand:discord:request').publish(message);
  const trace = { attempts: [], elapsed: 12 };
  tell({ interaction: id, method: 'GET', url: 'https://api.example/', status: 200, trace });
  tell({ interaction: id, method: 'GET', url: 'https://api.example/', error: 'ERRAND_TIMEOUT', trace });
  tell({ interaction: '1', method: 'GET', url: 'https://api.example/', trace });
  tell({ nonsense: true });
  stop();
  tell({ interaction: id, method: 'GET', url: 'https://api.example/late', trace });
  expect(heard).toMatchObject([
    { interaction: id, method: 'GET', url: 'https://api.example/', status: 200, trace },
    { interaction: id, error: 'ERRAND_TIMEOUT' },
  ]);
  world.close();
});

test('a closed sandbox listens no longer', async () => {
  const requests = channel('errand:discord:request');
  const sandbox = await startSandbox({ playground: false });
  expect(requests.hasSubscribers).toBe(true);
  await sandbox.close();
  expect(requests.hasSubscribers).toBe(false);
});
