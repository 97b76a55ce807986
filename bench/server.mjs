// The origin that the benchmarks ask: bodies of several sizes, with the headers that answers usually have. Ends with its
// parent.
import { createServer } from 'node:http';

const sizes = { '/1k': 1_000, '/64k': 65_536, '/1m': 1_048_576 };
const bodies = new Map(Object.entries(sizes).map(([path, size]) => [path, jsonOf(size)]));
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'max-age=0, private, must-revalidate',
  etag: 'W/"8f0c8b1f6a"',
  vary: 'Accept-Encoding',
  'x-request-id': '5b7f1d8e-7f0f-4c58-9f5d-0d8f4d0a7c11',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=63072000',
  server: 'bench',
};

const server = createServer((request, response) => {
  const delay = Number(request.headers['x-delay'] ?? 0);
  request.resume();
  const answer = () => {
    const body = bodies.get(request.url) ?? bodies.get('/1k');
    response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
  };
  if (request.method === 'POST') request.on('end', answer);
  else if (delay > 0) setTimeout(answer, delay);
  else answer();
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());

function jsonOf(size) {
  const items = [];
  for (let length = 0; length < size - 120; length += 96) {
    items.push({ id: items.length, name: `item ${items.length}`, tags: ['a', 'b'], price: 12.5, stock: true });
  }
  return Buffer.from(JSON.stringify({ items }));
}
