// Serves one 25 MB JSON document and one 5 MB page, from memory, until its parent is gone.
import { createServer } from 'node:http';
import { setPriority } from 'node:os';

// A server has a machine of its own: here it leaves the processors to the clients that are measured.
setPriority(10);

const rows = (bytes, row) => {
  const list = [];
  for (let length = 0; length < bytes; ) {
    const next = row(list.length);
    length += next.length + 1;
    list.push(next);
  }
  return list;
};
const item = (id) =>
  `{"id":${id},"name":"Item ${id}","price":${(id % 900) / 10},"tags":["new","sale"],"seller":{"name":"Seller ${id % 50}","rating":4.5},"text":"A sentence or two about this item, as they come."}`;
const card = (id) =>
  `<article class="card"><h2><a href="/items/${id}">Item ${id}</a></h2><p class="text">A sentence or two about this item, as they come.</p><span>${(id % 900) / 10}</span></article>`;

const documents = {
  '/items': {
    type: 'application/json',
    body: Buffer.from(`{"total":1,"items":[${rows(25 * 1024 ** 2, item).join()}]}`),
  },
  '/page': {
    type: 'text/html; charset=utf-8',
    body: Buffer.from(`<!doctype html><title>Items</title>${rows(5 * 1024 ** 2, card).join('\n')}`),
  },
};

const server = createServer(({ url }, response) => {
  const { type, body } = documents[url];
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(body);
});
// A client that is held up for seconds must not find its connection closed.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
