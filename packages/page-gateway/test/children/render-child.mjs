// Renders a page, tells the group of the browser's processes, and goes on rendering until it is ended from outside.
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { CookieJar, Session } from 'errand';
import { BrowserEngine } from '../../dist/render/browser-engine.js';

// A test that fails in between must not leave it behind.
setTimeout(() => process.exit(1), 30_000);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<p>fine</p>');
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const engine = new BrowserEngine({
  session: new Session({ guard: { allow: ['127.0.0.1'] } }),
  chromium: await BrowserEngine.find(),
});

const rendering = {
  ...{ waitForSelector: undefined, wait: 0, waitUntil: 'load', scenario: [], blocked: [], screenshot: false },
  ...{ screenshotFullPage: false, screenshotSelector: undefined, windowWidth: 800, windowHeight: 600 },
};
const visit = () =>
  engine.visit({
    request: { url, method: 'GET', headers: [], format: 'html', followRedirect: true, maxBytes: 1e7, rendering },
    visitor: {
      cookies: new CookieJar(),
      identity: {
        ...engine.browser,
        id: 'child',
        locale: 'en-US',
        viewport: { width: 800, height: 600, scale: 1 },
        headersFor: () => [['accept-language', 'en-US,en;q=0.9']],
      },
    },
    signal: new AbortController().signal,
    timeout: 20_000,
    beforeHop: async () => {},
  });
await visit();
writeSync(1, String(engine.runs()[0].group));
if (process.argv[2] === 'exit') process.exit(0);
for (;;) await visit();
