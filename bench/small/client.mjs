// One peer at one task of the small requests: warms up, then tells the CPU time of as many requests as it is asked for.
import { Session } from 'errand';
import { Agent, Pool, request } from 'undici';
import { cost, inFlight } from '../measure.mjs';

const [, , peer, task, origin, warmup] = process.argv;
const [verb, path] = task.split(' ');
const url = origin + path;
const value = { name: 'errand', items: Array.from({ length: 40 }, (_, id) => ({ id, ok: true })) };
const json = { 'content-type': 'application/json' };

const peers = {
  'undici.request'() {
    const dispatcher = new Agent({ connections: 10 });
    return async () => {
      const options = verb === 'post' ? { method: 'POST', headers: json, body: JSON.stringify(value) } : {};
      const { body } = await request(url, { dispatcher, ...options });
      await body.json();
    };
  },
  'pool.request + text'() {
    const pool = new Pool(origin, { connections: 10 });
    return async () => {
      const { body } = await pool.request(
        verb === 'post'
          ? { method: 'POST', path, headers: json, body: JSON.stringify(value) }
          : { method: 'GET', path },
      );
      JSON.parse(await body.text());
    };
  },
  errand() {
    const session = new Session({
      guard: { allow: [new URL(origin).host] },
      limits: { '*': { concurrency: 10 } },
    });
    return async () => {
      await (verb === 'post' ? session.post(url, { json: value }) : session.get(url)).json();
    };
  },
};

const ask = peers[peer]();
await inFlight(Number(warmup), 10, ask);
process.on('message', async (count) => {
  const { cpu } = await cost(count, () => inFlight(count, 10, ask));
  process.send(cpu);
});
process.on('disconnect', () => process.exit());
process.send('warm');
