// The hosts of the crowd: fifty that take 20 ms, and one that answers at once. Ends with its parent.
import { once } from 'node:events';
import { createServer } from 'node:http';

const body = Buffer.from(JSON.stringify({ ok: true, name: 'crowd' }));
const head = { 'content-type': 'application/json', 'content-length': body.length };

async function listen(delay) {
  const server = createServer((_request, response) => {
    const answer = () => response.writeHead(200, head).end(body);
    if (delay > 0) setTimeout(answer, delay);
    else answer();
  });
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const hosts = await Promise.all(Array.from({ length: 50 }, () => listen(20)));
process.send({ hosts, host: await listen(0) });
process.on('disconnect', () => process.exit());
