// Many requests at once: a fan-out over fifty hosts, fifty thousand requests that wait at one host, a thousand lanes there,
// and a hundred thousand requests one after the other. Each peer runs in a process of its own, in turn, round by round.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from '../measure.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const server = fork(file('server.mjs'));
const [{ hosts, host }] = await once(server, 'message');

/** What `client.mjs` measures for one peer, in a process that has done nothing else. */
async function measure(task, peer) {
  const child = fork(file('client.mjs'), [task, peer, JSON.stringify({ hosts, host })], { execArgv: ['--expose-gc'] });
  let figures;
  child.on('message', (message) => {
    figures = message;
  });
  const [code] = await once(child, 'exit');
  if (figures === undefined) {
    server.disconnect();
    throw new Error(`${peer} ended with ${code} in '${task}'`);
  }
  return figures;
}

async function compare(title, task, peers, rounds, columns) {
  const all = new Map(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) all.get(peer).push(await measure(task, peer));
  }
  console.log(`\n${title} (medians of ${rounds})`);
  const rows = [...all].map(([peer, list]) => ({
    peer,
    ...Object.fromEntries(columns.map(({ name }) => [name, median(list.map((figures) => figures[name]))])),
  }));
  for (const row of rows) {
    const cells = columns.map(({ name, unit, digits = 0, ratio = true }) => {
      const beside = ratio ? ` ${(row[name] / rows[0][name]).toFixed(2)} ×` : '';
      return `${name} ${row[name].toFixed(digits)} ${unit}${beside}`;
    });
    console.log(`  ${row.peer.padEnd(22)} ${cells.join('   ')}`);
  }
}

await compare(
  'fan-out: 1 000 requests, 50 hosts, 10 a host at once, 20 ms each; ideal 40 ms',
  'fan-out',
  ['undici.request', 'errand'],
  7,
  [
    { name: 'time', unit: 'ms', digits: 1 },
    { name: 'cpu', unit: 'ms', digits: 1 },
  ],
);
for (const count of [12_500, 25_000, 50_000]) {
  await compare(
    `${count} GETs issued at once at one host, 10 connections`,
    `waiting ${count}`,
    ['undici.request', 'errand'],
    count === 50_000 ? 5 : 3,
    [
      { name: 'bytes', unit: 'bytes each' },
      { name: 'issuing', unit: 'ms' },
      { name: 'done', unit: 'ms' },
    ],
  );
}
await compare('20 000 GETs at once at one host: fair among lanes', 'lanes', ['one lane', '1000 lanes'], 7, [
  { name: 'issuing', unit: 'ms' },
  { name: 'cpu', unit: 'ms' },
  { name: 'done', unit: 'ms' },
]);
await compare('100 000 requests, 50 in flight', 'endurance', ['undici.request', 'errand'], 1, [
  { name: 'after10000', unit: 'MB heap', digits: 1, ratio: false },
  { name: 'after50000', unit: 'MB heap', digits: 1, ratio: false },
  { name: 'after100000', unit: 'MB heap', digits: 1, ratio: false },
  { name: 'peak', unit: 'MB peak RSS' },
]);
server.disconnect();
