// Works on the jobs of a folder with pages that take a moment, and writes a line for each that it begins, until it is killed.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'errand';
import { Jobs } from '../../dist/jobs/jobs.js';
import { Keys } from '../../dist/keys/keys.js';
import { openStore } from '../../dist/store/store.js';

const store = openStore({ folder: process.argv[2] });
// A test that fails in between must not leave it behind.
setTimeout(() => process.exit(1), 40_000);

const large = new Uint8Array(300_000);
const fetchPage = async ({ url }) => {
  await sleep(Math.random() * 4);
  const body = url.endsWith('7') ? large : new TextEncoder().encode(`${process.pid} ${url}`);
  const fetched = { engine: 'http', status: 200, headers: [], url, history: [], body, truncated: false };
  writeSync(1, `${url}\n`);
  return { page: { fetched, attempts: [], identity: 'i' }, body, contentType: 'text/plain' };
};
new Jobs({ store, keys: new Keys({ store: store.keys }), fetchPage, session: new Session() }).start();
