// Small requests: CPU per GET and POST of 1 kB JSON, 64 kB and 1 MB, beside `undici.request` with text + JSON.parse.
import { Session } from 'errand';
import { Pool } from 'undici';
import { inFlight, sideBySide, startServer } from './measure.mjs';

const server = await startServer();
const pool = new Pool(server.origin, { connections: 10 });
const session = new Session({ guard: { allow: [new URL(server.origin).host] }, limits: { '*': { concurrency: 10 } } });
const payload = JSON.stringify({ name: 'errand', items: Array.from({ length: 40 }, (_, id) => ({ id, ok: true })) });
const value = JSON.parse(payload);

const undiciGet = (path) => (count) =>
  inFlight(count, 10, async () => {
    const { body } = await pool.request({ method: 'GET', path });
    JSON.parse(await body.text());
  });
const errandGet = (path) => (count) =>
  inFlight(count, 10, async () => {
    await session.get(server.origin + path).json();
  });

await sideBySide('GET 1 kB JSON', { 'pool.request + text': undiciGet('/1k'), errand: errandGet('/1k') });
await sideBySide('POST 1 kB JSON', {
  'pool.request + text': (count) =>
    inFlight(count, 10, async () => {
      const { body } = await pool.request({
        method: 'POST',
        path: '/1k',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      });
      JSON.parse(await body.text());
    }),
  errand: (count) =>
    inFlight(count, 10, async () => {
      await session.post(`${server.origin}/1k`, { json: value }).json();
    }),
});
await sideBySide(
  'GET 64 kB JSON',
  { 'pool.request + text': undiciGet('/64k'), errand: errandGet('/64k') },
  { count: 800, warmup: 200 },
);
await sideBySide(
  'GET 1 MB JSON',
  { 'pool.request + text': undiciGet('/1m'), errand: errandGet('/1m') },
  { count: 60, warmup: 20 },
);

await session.close();
await pool.close();
server.stop();
