// The page gateway: what a page of 64 kB costs beyond a direct `session.get`, beside a bare Fastify server that fetches and
// forwards; 1 000 pages of 50 slow hosts, ten at a time each; and its memory over many requests. `node run.mjs 100000`: so many.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Session } from 'errand';
import { inFlight, median } from '../measure.mjs';

const requests = Number(process.argv[2] ?? 100_000);
const rounds = 15;
const perRound = 200;

const nowhere = openSync('/dev/null', 'w');
async function start(file, ...words) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), words, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', nowhere, 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  const used = async (when = 'now') => {
    child.send(when);
    const [told] = await once(child, 'message');
    return told;
  };
  return { port, used, stop: () => child.disconnect() };
}

const origin = await start('origin.mjs');
const target = `http://127.0.0.1:${origin.port}/`;
const session = new Session({
  guard: { allow: ['127.0.0.0/8'] },
  limits: { '*': { concurrency: 1000 } },
  maxConnections: 1200,
  timeout: '60s',
  retry: false,
});
const through = (port, url) => `http://127.0.0.1:${port}/v1/page?url=${encodeURIComponent(url)}`;

async function overhead() {
  const [gateway, fastify] = [await start('peer.mjs', 'gateway'), await start('peer.mjs', 'fastify')];
  const here = { used: async () => ({ cpu: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000 }) };
  const peers = {
    'direct session.get': { url: target, of: here },
    'page gateway': { url: through(gateway.port, target), of: gateway },
    'bare Fastify': { url: through(fastify.port, target), of: fastify },
  };
  const figures = new Map(Object.keys(peers).map((name) => [name, { times: [], cpus: [] }]));
  for (const { url } of Object.values(peers)) await inFlight(1500, 1, () => session.get(url));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { url, of }] of Object.entries(peers)) {
      const { times, cpus } = figures.get(name);
      const before = (await of.used()).cpu;
      const own = [];
      await inFlight(perRound, 1, async () => {
        const began = performance.now();
        await session.get(url);
        own.push(performance.now() - began);
      });
      cpus.push(((await of.used()).cpu - before) / perRound);
      times.push(median(own));
    }
  }
  gateway.stop();
  fastify.stop();
  const rows = [...figures].map(([name, { times, cpus }]) => ({
    ...{ name, p50: median(times), bestP50: Math.min(...times), cpu: median(cpus), bestCpu: Math.min(...cpus) },
  }));
  console.log(`\nA page of 64 kB, one at a time (${rounds} rounds of ${perRound}; medians, and the best round)`);
  for (const row of rows) {
    const [direct] = rows;
    const more = (key) => `${(row[key] - direct[key] >= 0 ? '+' : '') + (row[key] - direct[key]).toFixed(2)}`;
    console.log(
      `  ${row.name.padEnd(20)} p50 ${row.p50.toFixed(2)} ms (${more('p50')}; best ${row.bestP50.toFixed(2)}, ${more('bestP50')})   CPU of its process ${row.cpu.toFixed(2)} ms (${more('cpu')}; best ${row.bestCpu.toFixed(2)}, ${more('bestCpu')})`,
    );
  }
}

async function slowHosts() {
  const [hosts, pages, at, ms] = [50, 1000, 10, 2000];
  const urlOf = (host, index) => `http://127.0.1.${host + 1}:${origin.port}/slow?ms=${ms}&n=${index}`;
  const ideal = (pages / hosts / at) * ms;
  console.log(`\n${pages} pages of ${hosts} hosts that take ${ms} ms, ${at} at a time each; ideally ${ideal} ms`);
  const peers = {
    // All at once: whose turn it is at which host is the gateway's to know.
    'page gateway': ['gateway', (ask) => inFlight(pages, pages, (index) => ask(urlOf(index % hosts, index)))],
    // Has no turns: its caller keeps them.
    'bare Fastify': [
      'fastify',
      (ask) =>
        Promise.all(
          Array.from({ length: hosts }, (_, host) => inFlight(pages / hosts, at, (index) => ask(urlOf(host, index)))),
        ),
    ],
  };
  for (const [name, [kind, run]] of Object.entries(peers)) {
    const peer = await start('peer.mjs', kind, String(at));
    const ask = (url) => session.get(through(peer.port, url));
    await inFlight(hosts, hosts, (host) => ask(new URL('/', urlOf(host, 0)).href));
    const began = performance.now();
    await run(ask);
    const took = performance.now() - began;
    peer.stop();
    console.log(`  ${name.padEnd(20)} ${took.toFixed(0).padStart(6)} ms  ${(took / ideal).toFixed(2)} × the ideal`);
  }
}

async function memory() {
  const gateway = await start('peer.mjs', 'gateway', '16');
  console.log(`\nMemory over ${requests} requests, 16 at a time, every address another one`);
  const marks = 10;
  for (let mark = 0; mark <= marks; mark++) {
    const { rss, live } = await gateway.used('settled');
    const mb = (bytes) => `${(bytes / 1024 ** 2).toFixed(1).padStart(6)} MB`;
    console.log(`  after ${String((requests / marks) * mark).padStart(7)}  live ${mb(live)}   resident ${mb(rss)}`);
    if (mark === marks) break;
    await inFlight(requests / marks, 16, (index) => session.get(through(gateway.port, `${target}n?${mark}-${index}`)));
  }
  gateway.stop();
}

await overhead();
await slowHosts();
await memory();
await session.close();
origin.stop();
