// Works on the jobs of a Redis with pages that take a moment, and writes a line for each that it begins, until it is killed.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'errand';
import { Jobs } from '../../dist/jobs/jobs.js';
import { RedisConnection } from '../../dist/redis/connection.js';
import { RedisJobs } from '../../dist/redis/jobs/records.js';
import { SharedRunner } from '../../dist/redis/jobs/runner.js';

const [, , url, times] = process.argv;
// A test that fails in between must not leave it behind.
setTimeout(() => process.exit(1), 40_000);

const connection = await RedisConnection.open({ url });
const records = new RedisJobs({ connection });
const fetchPage = async ({ url: page }) => {
  writeSync(1, `${page}\n`);
  await sleep(5 + Math.random() * 10);
  const fetched = { engine: 'http', status: 200, headers: [], url: page, history: [], body: new Uint8Array() };
  const body = new TextEncoder().encode(`${process.pid} ${page}`);
  return { page: { fetched, attempts: [], identity: 'i' }, body, contentType: 'text/plain' };
};
const work = (options) => new SharedRunner({ ...options, connection, jobs: records, times: JSON.parse(times) });
const session = new Session({ guard: { allow: ['127.0.0.1'] }, retry: false });
new Jobs({ store: {}, keys: {}, fetchPage, session, shared: { records, work } }).start();
