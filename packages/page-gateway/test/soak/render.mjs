// A thousand renders, some of hostile pages, some ended early, some with the browser killed under them: then no process,
// folder, context or socket may be left. `node test/soak/render.mjs 1000`, after a build.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CookieJar, Session } from 'errand';
import { BrowserEngine } from '../../dist/render/browser-engine.js';
import { memoryOf } from '../../dist/render/process-group.js';

const renders = Number(process.argv[2] ?? 1_000);
const width = Number(process.argv[3] ?? 4);
const temp = mkdtempSync(join(tmpdir(), 'render-soak-'));
process.env.TMPDIR = temp;

const pages = [
  '<p>fine</p><script>document.title = "done"</script>',
  '<p>fine</p><iframe src="/frame"></iframe><img src="/a.png">',
  '<p>fine</p><script>for (let i = 0; i < 50; i++) fetch("/x" + i)</script>',
  '<p>fine</p><script>onload = () => setTimeout(() => { for (;;); }, 5)</script>',
  '<p>fine</p><script>new Worker(URL.createObjectURL(new Blob(["for (;;);"])))</script>',
  '<p>fine</p><script>alert(1); open("/"); onbeforeunload = () => 1</script>',
];
const server = createServer((request, response) => {
  const page = pages[Number(/^\/p(\d+)$/.exec(request.url)?.[1] ?? 0)];
  response.writeHead(200, { 'content-type': 'text/html' }).end(page);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const session = new Session({ guard: { allow: ['127.0.0.1'] } });
const chromium = await BrowserEngine.find();
const engine = new BrowserEngine({ session, chromium, concurrency: width });
const groups = new Set();
const outcomes = new Map();
const count = (name) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);

const rendering = {
  ...{ waitForSelector: undefined, wait: 20, waitUntil: 'load', scenario: [], blocked: ['image'], screenshot: false },
  ...{ screenshotFullPage: false, screenshotSelector: undefined, windowWidth: 800, windowHeight: 600 },
};
const identity = {
  ...{ ...engine.browser, id: 'soak', locale: 'en-US', viewport: { width: 800, height: 600, scale: 1 } },
  headersFor: () => [['accept-language', 'en-US,en;q=0.9']],
};

async function one(index) {
  const controller = new AbortController();
  const leaving = index % 13 === 0 ? setTimeout(() => controller.abort(new Error('gone')), 60) : undefined;
  const url = `${origin}/p${index % pages.length}`;
  const request = { url, method: 'GET', headers: [], format: 'html', followRedirect: true, maxBytes: 1e7, rendering };
  const visitor = { cookies: new CookieJar(), identity };
  const rest = { signal: controller.signal, timeout: 4_000, beforeHop: async () => {} };
  await engine.visit({ request, visitor, ...rest }).then(
    ({ body }) => count(Buffer.from(body).includes('fine') ? 'fine' : 'WRONG'),
    (error) => count(error.code ?? error.message),
  );
  clearTimeout(leaving);
  for (const { group } of engine.runs()) groups.add(group);
  if (index % 150 === 149) engine.runs()[0]?.kill();
}

let next = 0;
/** Megabytes: of this process after a tenth, half and all of the renders, and of the browsers then. */
const memory = [];
const weigh = () => {
  const browsers = engine.runs().reduce((sum, { group }) => sum + (memoryOf(group) ?? 0), 0);
  memory.push({ own: megabytes(process.memoryUsage().rss), browsers: megabytes(browsers) });
};
const megabytes = (bytes) => Math.round(bytes / 1024 ** 2);
const started = performance.now();
await Promise.all(
  Array.from({ length: width }, async () => {
    while (next < renders) {
      if (next === Math.floor(renders / 10) || next === Math.floor(renders / 2)) weigh();
      await one(next++);
    }
  }),
);
const took = performance.now() - started;
weigh();
const report = engine.report();
await engine.close();
await session.close();
server.close();
const alive = [];
for (const group of groups) if (memoryOf(group) !== undefined) alive.push(group);
const left = readdirSync(temp);
rmSync(temp, { recursive: true, force: true });
const { running, launches, rendered } = report;
console.log({
  renders,
  seconds: Math.round(took / 1000),
  outcomes: Object.fromEntries(outcomes),
  running,
  launches,
  rendered,
});
console.log({ memory });
console.log({ browsers: groups.size, alive, left, handles: process.getActiveResourcesInfo() });
const clean = alive.length === 0 && left.length === 0 && !outcomes.has('WRONG');
console.log(clean ? 'Nothing is left.' : 'SOMETHING IS LEFT.');
process.exitCode = clean ? 0 : 1;
