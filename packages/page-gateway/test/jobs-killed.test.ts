// A process that works on jobs is killed in the middle, again and again: every page has one result in the end, nothing is
// counted twice, and only what was under way is fetched again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from './support/folder.js';
import { jobsOn, pageOf, requestOf, until, urlsOf } from './support/jobs.js';

const program = fileURLToPath(new URL('children/job-runner.mjs', import.meta.url));
const pages = 300;
const atOnce = 16;

test('kill -9 at any moment loses no result and doubles none', async () => {
  const folder = temporaryFolder();
  const first = jobsOn(async ({ url }) => pageOf(url, ''), { folder, concurrency: 0 });
  const key = await first.key({ name: 'k' });
  const request = requestOf({ callback: 'http://127.0.0.1:9/' });
  const { id } = await first.jobs.create(key, { request, urls: urlsOf(pages) });
  await first.end();
  const fetched: string[] = [];
  const kills = 3;
  for (let kill = 0; kill < kills; kill += 1) fetched.push(...(await workAndKill(folder, 40)));
  const last = jobsOn(
    async ({ url }) => {
      fetched.push(url);
      return pageOf(url, 'last');
    },
    { folder },
  );
  await until(async () =>
    expect(await last.jobs.get(key, id)).toMatchObject({ state: 'finished', done: pages, failed: 0 }),
  );
  const indexes: number[] = [];
  for (let next: string | null = '0'; next !== null; ) {
    const page = await last.jobs.results(key, id, { limit: 150, cursor: Number(next) });
    indexes.push(...page.results.map(({ index }) => index));
    for (const { body, url } of page.results) if (!url.endsWith('7')) expect(body).toMatch(/^(last|\d+ http)/);
    next = page.next;
  }
  expect(indexes).toEqual(Array.from({ length: pages }, (_, index) => index));
  expect(new Set(fetched).size).toBe(pages);
  expect(fetched.length - pages).toBeLessThanOrEqual(kills * atOnce);
}, 60_000);

async function workAndKill(folder: string, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, folder], { stdio: 'pipe' });
  let said = '';
  let wrong = '';
  child.stderr.on('data', (data: Buffer) => {
    wrong += data;
  });
  child.stdout.on('data', (data: Buffer) => {
    said += data;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect([child.signalCode, wrong]).toEqual(['SIGKILL', '']);
  return said.split('\n').filter(Boolean);
}
