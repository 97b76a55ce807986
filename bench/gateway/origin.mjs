// Serves a page of 64 kB at every address of 127.0.0.0/8; `/slow` after the milliseconds that it is told, `/n` with a number
// in it, so that no two are alike. Ends with its parent.
import { createServer } from 'node:http';

const item = (id) =>
  `<li class="item" id="i${id}"><h2><a href="https://shop.example/items/${id}">Item ${id}</a></h2><p>A sentence or two about this item, as they come, and its price: ${id}.50</p><img src="https://img.example/${id}.jpg" alt="Item ${id}"></li>`;
let items = '';
for (let id = 0; items.length < 64 * 1024 - 300; id++) items += item(id);
const page = Buffer.from(
  `<!doctype html><html lang="en"><head><title>Items</title><script src="https://cdn.example/app.js"></script></head><body><main><ul>${items}</ul></main></body></html>`,
);

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://origin');
  if (pathname === '/robots.txt') return response.writeHead(404).end();
  const answer = () =>
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': page.length, server: 'bench' })
      .end(page);
  if (pathname === '/slow') setTimeout(answer, Number(searchParams.get('ms')));
  else answer();
});
server.keepAliveTimeout = 120_000;
server.listen(0, '0.0.0.0', 4096, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
