// Peers side by side in one run: a server in a process of its own, the clients in turn, round by round, so that a machine
// whose speed drifts is the same machine for all. Figures are CPU time of this process per request, and ratios of medians.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts bench/server.mjs; resolves with its origin and a way to end it. */
export async function startServer() {
  const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), { stdio: 'inherit' });
  const port = await new Promise((resolve) => child.once('message', resolve));
  return { origin: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** Runs `task(index)` `count` times, `width` at once. */
export async function inFlight(count, width, task) {
  let next = 0;
  const lane = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Microseconds of CPU and milliseconds of wall time that `run` takes, per request. */
export async function cost(count, run) {
  const before = process.cpuUsage();
  const started = performance.now();
  await run();
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / count, wall };
}

/**
 * Measures each of `peers` ({ name: async (count) => … }) in `rounds` interleaved rounds; prints and returns medians beside
 * the first peer.
 */
export async function sideBySide(title, peers, { rounds = 5, count = 4_000, warmup = 1_000 } = {}) {
  const figures = new Map(Object.keys(peers).map((name) => [name, []]));
  for (const run of Object.values(peers)) await run(warmup);
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(peers)) {
      figures.get(name).push(await cost(count, () => run(count)));
    }
  }
  const rows = [...figures].map(([name, costs]) => ({
    name,
    cpu: median(costs.map(({ cpu }) => cpu)),
    wall: median(costs.map(({ wall }) => wall)),
  }));
  console.log(`\n${title} (${rounds} rounds of ${count})`);
  for (const row of rows) {
    console.log(
      `  ${row.name.padEnd(24)} ${row.cpu.toFixed(1).padStart(8)} µs CPU  ${(row.cpu / rows[0].cpu).toFixed(2)} ×   ${row.wall.toFixed(0).padStart(6)} ms  ${(row.wall / rows[0].wall).toFixed(2)} ×`,
    );
  }
  return rows;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
