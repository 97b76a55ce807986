// A rendered visitor is one browser everywhere it can be seen: on the wire, in the page, in frames and in workers; and
// what it has and earns of cookies is its own.
import { CookieJar } from 'errand';
import { describe, expect, test } from 'vitest';
import { engineBrowser } from '../src/render/engine-browser.js';
import { timeZoneOf } from '../src/render/wear.js';
import { chromium, forFile, guardedSession, none, rigOf, site, visitorOf } from './render-stage.js';

const look = `({ ua: navigator.userAgent, brands: navigator.userAgentData?.brands, platform: navigator.userAgentData?.platform,
  languages: navigator.languages.join(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.DateTimeFormat().resolvedOptions().locale })`;
const origin = forFile(
  await site({
    '/': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<div id=out></div><script>
        const all = { page: ${look} };
        const done = (name, value) => { all[name] = value; if (Object.keys(all).length === 3) { out.textContent = JSON.stringify(all); out.className = "done" } };
        onmessage = (event) => done("frame", event.data);
        new Worker("/worker.js").onmessage = (event) => done("worker", event.data);
      </script><iframe src="http://localhost:${origin.port}/frame"></iframe>`);
    },
    '/frame': `<script>parent.postMessage(${look}, "*")</script>`,
    '/worker.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(`postMessage(${look})`);
    },
    '/cookies': (_request, response) => {
      response.writeHead(302, { location: '/set', 'set-cookie': ['first=1; HttpOnly', 'old=; Max-Age=0'] }).end();
    },
    '/set': (request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'second=2; Path=/; Max-Age=600' });
      response.end(`<p>${request.headers.cookie}</p><script>document.cookie = "third=3"</script>`);
    },
    '/worker':
      '<script>navigator.serviceWorker.register("/sw.js").then(() => document.title = "registered", () => document.title = "refused")</script>',
    '/sw.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end('onfetch = () => {}');
    },
  }),
);
const rig = none ? undefined : forFile(rigOf(guardedSession([origin.port])));
const { visit, html, engine } = rig ?? ({} as NonNullable<typeof rig>);

describe.skipIf(none)('what is seen', () => {
  test('agrees in the page, a frame, a worker and on the wire', async () => {
    const body = await html(origin.url(), { rendering: { waitForSelector: '.done' } });
    const all = JSON.parse(/<div id="out"[^>]*>([^<]*)</.exec(body)?.[1] ?? '{}');
    const { userAgent, hints } = engine.browser as NonNullable<typeof engine.browser>;
    for (const place of ['page', 'frame', 'worker']) {
      expect(all[place], place).toMatchObject({ ua: userAgent, brands: hints.brands, platform: hints.platform });
      // A worker may be told the first language only.
      expect(all[place].languages, place).toMatch(/^de-DE(,de,en)?$/);
    }
    expect(all.page.locale).toBe('de-DE');
    expect(JSON.stringify(all)).not.toContain('Headless');
    const first = origin.seen[0]?.headers ?? {};
    expect(first['user-agent']).toBe(userAgent);
    expect(first['accept-language']).toBe('de-DE,de;q=0.9,en;q=0.8');
    expect(first['sec-ch-ua']).toBe(hints.brands.map(({ brand, version }) => `"${brand}";v="${version}"`).join(', '));
    for (const { headers } of origin.seen) expect(JSON.stringify(headers)).not.toContain('Headless');
  });

  test('is the installed version on its own platform', () => {
    const { userAgent, version, hints } = engineBrowser({ path: '', version: '156.0.8078.79', google: true });
    expect(version).toBe('156.0.8078.79');
    expect(userAgent).toContain('Chrome/156.0.0.0');
    expect(hints.brands).toEqual([
      { brand: 'Not:A-Brand', version: '8' },
      { brand: 'Chromium', version: '156' },
      { brand: 'Google Chrome', version: '156' },
    ]);
    if (!('missing' in chromium)) expect(engine.browser?.version).toBe(chromium.version);
  });

  test('is never another browser than the engine is', async () => {
    const other = {
      ...visitorOf(engine).identity,
      browser: 'firefox',
      userAgent: 'Firefox',
      hints: undefined,
    } as const;
    await visit(origin.url('/set'), {}, { visitor: visitorOf(engine, { identity: other }) });
    expect(origin.seen.at(-1)?.headers['user-agent']).toBe(engine.browser?.userAgent);
  });

  test('the time zone is that of the way out', () => {
    const proxy = (country: string) => ({ id: '', url: '', shown: '', pool: undefined, labels: {}, country });
    expect(timeZoneOf(proxy('de'))).toBe('Europe/Berlin');
    expect(timeZoneOf(proxy('FR'))).toBe('Europe/Paris');
    expect(timeZoneOf(proxy('us'))).toBe('America/New_York');
    expect(timeZoneOf(undefined)).toBeUndefined();
  });
});

describe.skipIf(none)('cookies', () => {
  test('go in, and come back from every hop', async () => {
    const cookies = new CookieJar();
    cookies.setCookie('old=1; Path=/', origin.url());
    cookies.setCookie('kept=1; Path=/; HttpOnly', origin.url());
    const visitor = visitorOf(engine, { cookies });
    const body = await html(origin.url('/cookies'), { cookies: 'own=9' }, { visitor });
    expect(body).toContain('kept=1');
    expect(body).toContain('first=1');
    expect(body).toContain('own=9');
    expect(cookies.getCookieString(origin.url()).split('; ').sort()).toEqual([
      'first=1',
      'kept=1',
      'second=2',
      'third=3',
    ]);
    expect(cookies.toJSON().find(({ name }) => name === 'first')?.httpOnly).toBe(true);
  });

  test('are nobody else’s', async () => {
    await visit(origin.url('/set'));
    expect(await html(origin.url('/set'))).toContain('<p>undefined</p>');
  });
});

test.skipIf(none)('service workers are not installed', async () => {
  const before = origin.seen.length;
  await html(origin.url('/worker'), { rendering: { wait: 300 } });
  expect(origin.paths().slice(before)).not.toContain('/sw.js');
});
