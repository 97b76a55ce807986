// The web that both bots fetch from: four hosts, each on a port of its own. One answers, one stalls, one fails, one floods.
// It tells its addresses to its parent and ends with it.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

const small = JSON.stringify({ city: 'Tallinn', temperature: 7, wind: 12, words: 'light rain' });
const row = '{"id":1234567,"name":"an entry like any other","tags":["large","dull"],"score":0.5}';
const piece = `${row},`.repeat(1000);
const pieces = Math.ceil(25_000_000 / piece.length);

function* list() {
  yield '[';
  for (let index = 0; index < pieces; index += 1) yield piece;
  yield `${row}]`;
}

const hosts = {
  async good(_request, response) {
    await delay(40);
    response.setHeader('content-type', 'application/json').end(small);
  },
  stall() {},
  fail(_request, response) {
    if (Math.random() < 0.5) response.writeHead(500).end('{"error":"down"}');
    else response.destroy();
  },
  async flood(_request, response) {
    response.setHeader('content-type', 'application/json');
    await pipeline(Readable.from(list()), response).catch(() => {});
  },
};

const urls = {};
for (const [name, answer] of Object.entries(hosts)) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  urls[name] = `http://127.0.0.1:${server.address().port}/`;
}
process.send(urls);
process.on('disconnect', () => process.exit(0));
