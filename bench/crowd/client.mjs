// One peer at one task of the crowd; tells its figures to its parent and ends.
import { Session } from 'errand';
import { Agent, request } from 'undici';
import { inFlight } from '../measure.mjs';

const [, , task, peer, places] = process.argv;
const { hosts, host } = JSON.parse(places);
const [name, amount] = task.split(' ');

const get = peer === 'undici.request' ? undiciGet() : errandGet();
const figures = await { 'fan-out': fanOut, waiting, lanes, endurance }[name](Number(amount));
process.send(figures, () => process.exit());

function undiciGet() {
  const dispatcher = new Agent({ connections: 10 });
  return async (url) => {
    const { body } = await request(url, { dispatcher });
    return body.json();
  };
}

function errandGet() {
  const session = new Session({
    guard: { allow: ['127.0.0.1'] },
    limits: { '*': { concurrency: 10 } },
    maxConnections: 1_000,
    maxQueued: 100_000,
    timeout: '5m',
  });
  return (url, lane) => session.get(url, lane === undefined ? undefined : { lane }).json();
}

async function timed(run) {
  const before = process.cpuUsage();
  const started = performance.now();
  await run();
  const time = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { time, cpu: (user + system) / 1_000 };
}

async function fanOut() {
  const all = () => Promise.all(Array.from({ length: 1_000 }, (_, index) => get(`${hosts[index % 50]}/`)));
  // Connections, and code that is warm.
  for (let round = 0; round < 10; round++) await all();
  let best = await timed(all);
  for (let round = 0; round < 9; round++) {
    const again = await timed(all);
    if (again.time < best.time) best = again;
  }
  return best;
}

/** Heap in use once everything that can be let go of is gone. */
function heap() {
  for (let round = 0; round < 3; round++) gc();
  return process.memoryUsage().heapUsed;
}

async function waiting(count) {
  const url = `${host}/`;
  await inFlight(5_000, 100, () => get(url));
  const answers = new Array(count);
  const before = heap();
  const started = performance.now();
  for (let index = 0; index < count; index++) answers[index] = get(url);
  const issuing = performance.now() - started;
  // Nothing has been answered yet: the loop has not turned.
  const bytes = (heap() - before) / count;
  const begun = performance.now();
  await Promise.all(answers);
  return { bytes, issuing, done: performance.now() - begun };
}

async function lanes() {
  const url = `${host}/`;
  const count = 20_000;
  const laneOf = peer === '1000 lanes' ? (index) => `guild ${index % 1_000}` : () => 'guild';
  const names = Array.from({ length: count }, (_, index) => laneOf(index));
  await inFlight(5_000, 100, (index) => get(url, names[index]));
  const started = performance.now();
  let issuing = 0;
  const { time, cpu } = await timed(async () => {
    const answers = names.map((lane) => get(url, lane));
    issuing = performance.now() - started;
    await Promise.all(answers);
  });
  return { issuing, cpu, done: time };
}

async function endurance() {
  const url = `${host}/`;
  const megabytes = (bytes) => bytes / 1024 ** 2;
  const marks = {};
  let done = 0;
  for (const mark of [10_000, 50_000, 100_000]) {
    await inFlight(mark - done, 50, () => get(url));
    done = mark;
    marks[`after${mark}`] = megabytes(heap());
  }
  return { ...marks, peak: process.resourceUsage().maxRSS / 1024 };
}
