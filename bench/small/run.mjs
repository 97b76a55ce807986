// Small requests and not so small ones: CPU of GET and POST with JSON read, beside `undici.request` as its users write it and
// a bare pool of undici. Each peer runs in a process of its own, in turn, round by round.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median, startServer } from '../measure.mjs';

const peers = ['undici.request', 'pool.request + text', 'errand'];
const tasks = [
  { title: 'GET 1 kB JSON', task: 'get /1k', count: 1_000, rounds: 40 },
  { title: 'POST 1 kB JSON', task: 'post /1k', count: 1_000, rounds: 40 },
  { title: 'GET 64 kB JSON', task: 'get /64k', count: 200, rounds: 30 },
  { title: 'GET 1 MB JSON', task: 'get /1m', count: 20, rounds: 30 },
];

const client = fileURLToPath(new URL('client.mjs', import.meta.url));
const server = await startServer();

for (const { title, task, count, rounds } of tasks) {
  const children = [];
  for (const peer of peers) {
    const child = fork(client, [peer, task, server.origin, String(count * 5)]);
    await once(child, 'message');
    children.push(child);
  }
  const figures = peers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, child] of children.entries()) {
      const answer = once(child, 'message');
      child.send(count);
      const [cpu] = await answer;
      figures[index].push(cpu);
    }
  }
  for (const child of children) child.disconnect();
  console.log(`\n${title}, 10 in flight (${rounds} rounds of ${count}): CPU of the client per request`);
  const rows = figures.map((list) => ({ median: median(list), best: Math.min(...list) }));
  rows.forEach((row, index) => {
    const ratio = (row.median / rows[0].median).toFixed(2);
    const bestRatio = (row.best / rows[0].best).toFixed(2);
    console.log(
      `  ${peers[index].padEnd(20)} median ${row.median.toFixed(1).padStart(8)} µs ${ratio} ×   best ${row.best.toFixed(1).padStart(8)} µs ${bestRatio} ×`,
    );
  });
}
server.stop();
