// The event loop while large documents come in: 20 JSON documents of 25 MB and 20 pages of 5 MB, read by fetch with
// JSON.parse and cheerio on the main thread, and by errand in its workers. Lateness is that of a 20 ms heartbeat. `node
// run.mjs 4`: four of each.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const [, , documents = '20'] = process.argv;
const server = fork(file('server.mjs'));
const [port] = await once(server, 'message');

const peers = ['fetch + JSON.parse + cheerio', 'errand, select', 'errand, json(schema)'];
const results = [];
for (const peer of peers) {
  const child = fork(file('client.mjs'), [peer, `http://127.0.0.1:${port}`, documents]);
  let result;
  child.on('message', (message) => {
    result = message;
  });
  const [code] = await once(child, 'exit');
  if (result === undefined) {
    server.disconnect();
    throw new Error(`${peer} ended with ${code}`);
  }
  results.push(result);
}
server.disconnect();

const number = (value, width = 7) => value.toFixed(value < 100 ? 1 : 0).padStart(width);
for (const [kind, title] of [
  ['json', `${documents} × 25 MB JSON`],
  ['page', `${documents} × 5 MB HTML`],
]) {
  console.log(`\n${title}, two at a time`);
  results.forEach((result, index) => {
    const { p99, max, took } = result[kind];
    console.log(
      `  ${peers[index].padEnd(29)} late p99 ${number(p99)} ms  max ${number(max)} ms   in all ${number(took)} ms  ${(took / results[0][kind].took).toFixed(2)} ×`,
    );
  });
}
console.log('\npeak memory');
results.forEach(({ peak }, index) => {
  console.log(`  ${peers[index].padEnd(29)} ${number(peak)} MB  ${(peak / results[0].peak).toFixed(2)} ×`);
});
const [expected] = results;
for (const { answers } of results) {
  if (JSON.stringify(answers) !== JSON.stringify(expected.answers))
    throw new Error(`${JSON.stringify(answers)} is not what was served`);
}
