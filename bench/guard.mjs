// What the guard costs a request whose connection is there already: the verdict on its URL, and on the connection's peer.
// Figure: at most 0.3 µs.
import { Session } from 'errand';
import { inFlight, median, sideBySide, startServer } from './measure.mjs';

const server = await startServer();
const { host } = new URL(server.origin);
const guarded = new Session({ guard: { allow: [host] }, limits: { '*': { concurrency: 10 } } });
const open = new Session({ guard: false, limits: { '*': { concurrency: 10 } } });
const get = (session) => (count) => inFlight(count, 10, () => session.get(`${server.origin}/1k`));

const rows = await sideBySide('GET 1 kB, pooled', { 'guard: false': get(open), guard: get(guarded) }, { rounds: 9 });
console.log(`  difference: ${(rows[1].cpu - rows[0].cpu).toFixed(2)} µs (a request varies by more than that)`);

// By itself: the difference above drowns in what a request costs, so the guard's own work is measured alone as well.
const { resolveGuard } = await import(new URL('./middleware/guard/policy.js', import.meta.resolve('errand')));
const guard = resolveGuard({ allow: [host] });
const url = new URL(`${server.origin}/1k`);
const count = 1_000_000;
let refused = 0;
const costs = [];
for (let round = 0; round < 9; round++) {
  const started = process.cpuUsage();
  for (let index = 0; index < count; index++) if (guard.refuseUrl(url) !== undefined) refused++;
  const { user, system } = process.cpuUsage(started);
  costs.push((user + system) / count);
}
const cost = median(costs);
console.log(
  `\nguard on a pooled request: ${cost.toFixed(3)} µs (figure: 0.3) ${cost <= 0.3 && refused === 0 ? 'met' : 'MISSED'}`,
);

await guarded.close();
await open.close();
server.stop();
