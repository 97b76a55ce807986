// Pages that come together: whoever waits for a host goes before they are looked at, and they are looked at one by one.
import { expect, test } from 'vitest';
import type { Engine } from '../src/core/engine.js';
import { Hosts } from '../src/politeness/hosts.js';
import { judge } from '../src/verdict/judge.js';
import { ladder } from './support/ladder.js';
import { pageHtml } from './support/origin.js';
import { pageRequest } from './support/page-request.js';

/** Goes nowhere, and tells who was let through. */
function quickEngine(events: string[]): Engine {
  return {
    name: 'http',
    async visit({ request: { url }, beforeHop }) {
      await beforeHop(new URL(url));
      events.push(`at ${new URL(url).pathname}`);
      const headers = [['content-type', 'text/html']] as const;
      const body = Buffer.from(pageHtml);
      return { engine: 'http', status: 200, headers, url, history: [], body, truncated: false, rendered: undefined };
    },
  };
}

test('the next one is at the host before the one that came is looked at', async () => {
  const events: string[] = [];
  await using on = ladder({
    http: quickEngine(events),
    hosts: new Hosts({ concurrency: 1 }),
    judge: (came) => {
      events.push(`judged ${new URL(came.url).pathname}`);
      return judge(came);
    },
  });
  const ask = (path: string) => on.get(pageRequest(`http://127.0.0.1:9${path}`, { robots: 'ignore' }));
  await Promise.all(['/1', '/2', '/3'].map(ask));
  expect(events.indexOf('at /2')).toBeLessThan(events.indexOf('judged /1'));
  expect(events.indexOf('at /3')).toBeLessThan(events.indexOf('judged /2'));
  expect(events).toHaveLength(6);
});

test('each is looked at in a turn of the event loop that is its own', async () => {
  let turn = 0;
  let counting = true;
  const count = () => {
    turn++;
    if (counting) setImmediate(count);
  };
  const turns: number[] = [];
  await using on = ladder({
    http: quickEngine([]),
    hosts: new Hosts({ concurrency: 100 }),
    judge: (came) => {
      turns.push(turn);
      return judge(came);
    },
  });
  count();
  const ask = (path: string) => on.get(pageRequest(`http://127.0.0.1:9${path}`, { robots: 'ignore' }));
  await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`/${index}`)));
  counting = false;
  expect(turns).toHaveLength(20);
  expect(new Set(turns).size).toBe(20);
});
