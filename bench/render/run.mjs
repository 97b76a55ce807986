// Rendering a page: bare Playwright by hand, the page gateway's engine, and FlareSolverr's way (a browser for each request),
// in turn over one local origin. Then the memory of ten contexts, and the first render after the start.

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { CookieJar, Session } from 'errand';
import { chromium as playwright } from 'playwright-core';
import { BrowserEngine } from '../../packages/page-gateway/dist/render/browser-engine.js';
import { median } from '../measure.mjs';

const rounds = Number(process.argv[2] ?? 40);
const chromium = await BrowserEngine.find();
if ('missing' in chromium) {
  console.log(`There is nothing to measure: ${chromium.missing}.`);
  process.exit(0);
}
const article = Array.from(
  { length: 200 },
  (_, index) => `<p>Paragraph ${index}: ${'some words of text '.repeat(12)}</p>`,
);
const html = `<!doctype html><title>A page</title><link rel=stylesheet href=/style.css><script src=/script.js></script>${article.join('')}<img src=/a.png>`;
const bodies = {
  '/style.css': ['text/css', 'p { margin: 1em }'],
  '/script.js': ['text/javascript', 'addEventListener("load", () => { document.body.dataset.made = "yes" })'],
  '/a.png': ['image/png', Buffer.alloc(2_000)],
};
const server = createServer((request, response) => {
  const [type, body] = bodies[request.url] ?? ['text/html', html];
  response.writeHead(200, { 'content-type': type }).end(body);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const url = `http://127.0.0.1:${port}/`;

const session = new Session({ guard: { allow: [`127.0.0.1:${port}`] } });
const newEngine = () => new BrowserEngine({ session, chromium, concurrency: 10, maxPages: Number.POSITIVE_INFINITY });
const engine = newEngine();
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const launch = () => playwright.launch({ executablePath: chromium.path, args: [...args, '--disable-gpu'] });

const first = performance.now();
await visit();
const firstTook = performance.now() - first;

const bare = await launch();
const peers = {
  'bare Playwright by hand': () => byHand(bare),
  'page gateway, all loaded': async () => {
    await visit({ blocked: [] });
    await idle();
  },
  'page gateway, as it is': async () => {
    await visit();
    await idle();
  },
  'a browser per request': async () => {
    const browser = await launch();
    await byHand(browser);
    await browser.close();
  },
};
const times = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
for (let round = 0; round < rounds + 5; round++) {
  for (const [name, run] of Object.entries(peers)) {
    if (name === 'a browser per request' && round % 4 > 0) continue;
    const started = performance.now();
    await run();
    if (round >= 5) times[name].push(performance.now() - started);
  }
}
await bare.close();
console.log(`\nA warm page: new context, load, HTML out, context closed (median of ${rounds})`);
const [beside] = Object.values(times);
for (const [name, all] of Object.entries(times)) {
  console.log(
    `  ${name.padEnd(26)} ${median(all).toFixed(1).padStart(7)} ms  ${(median(all) / median(beside)).toFixed(2)} ×`,
  );
}

await engine.close();

const fresh = newEngine();
const pages = [];
for (let page = 0; page < 10; page++) pages.push(await fresh.livePage(visitor(), request(), signalAndTimeout()));
// What loading alone took is given back within moments.
await new Promise((resolve) => setTimeout(resolve, 3_000));
const [running] = fresh.runs();
const memory = process.platform === 'linux' ? proportional(running.group) : undefined;
await Promise.all(pages.map((page) => page.close()));
await fresh.close();
console.log(
  `\nTen contexts with a page each: ${memory === undefined ? 'not told by this system' : `${memory.toFixed(0)} MB`}`,
);
console.log(`First render after the start, launch included: ${firstTook.toFixed(0)} ms`);
await session.close();
server.close();

async function byHand(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  check(await page.content());
  await context.close();
}

async function visit(rendering) {
  const beforeHop = async () => {};
  const fetched = await engine.visit({
    request: request(rendering),
    visitor: visitor(),
    ...signalAndTimeout(),
    beforeHop,
  });
  check(Buffer.from(fetched.body).toString());
}

function request(rendering = {}) {
  return {
    ...{ url, method: 'GET', headers: [], format: 'html', followRedirect: true, maxBytes: 10 * 1024 ** 2 },
    rendering: {
      ...{ waitUntil: 'load', wait: 0, scenario: [], blocked: ['image', 'media', 'font'] },
      ...{ screenshot: false, screenshotFullPage: false, windowWidth: 1280, windowHeight: 800 },
      ...rendering,
    },
  };
}

function visitor() {
  const look = { id: 'bench', locale: 'en-US', viewport: { width: 1280, height: 800, scale: 1 } };
  const headersFor = () => [['accept-language', 'en-US,en;q=0.9']];
  const identity = { ...engine.browser, ...look, headersFor };
  return { id: 'bench', sticky: false, proxy: undefined, cookies: new CookieJar(), identity };
}

function signalAndTimeout() {
  return { signal: new AbortController().signal, timeout: 30_000 };
}

/** The context closes behind the answer; it is part of the work all the same. */
async function idle() {
  while (engine.report().active > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

function check(text) {
  if (!text.includes('data-made="yes"')) throw new Error('the page was not rendered');
}

/** Megabytes of a group of processes; what they share with each other, and with others that run the same, in proportion. */
function proportional(group) {
  let kilobytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = fileOf(pid, 'stat');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(fileOf(pid, 'smaps_rollup'))?.[1] ?? 0);
  }
  return kilobytes === 0 ? undefined : kilobytes / 1024;
}

/** Empty where the process has ended, or the system has no such file. */
function fileOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
