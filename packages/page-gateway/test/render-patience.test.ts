// What is not the page yet when it has loaded, in real Chromium behind the whole gateway: a shell that scripts fill a moment
// later, a challenge that computes and then reloads. It is waited for, within bounds, and the caller gets the page.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPageGateway, type PageGatewayService } from '@errand/page-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { none, type Site, site } from './render-stage.js';
import { problemIn } from './support/http-server.js';

const words = '<p>What there is to read here.</p>'.repeat(40);
const shell = (script: string) =>
  `<!doctype html><html><head><title>App</title></head><body><div id="root"></div><script>${script}</script></body></html>`;
/** Fills the page so many milliseconds after it has loaded. */
const filledAfter = (ms: number) =>
  shell(`addEventListener('load', () => setTimeout(() => { root.innerHTML = '<h1>Filled</h1>${words}'; }, ${ms}));`);
const challenge = (script: string) => `<!doctype html><html><head><title>Just a moment...</title></head><body>
  <span id="challenge-error-text">Enable JavaScript and cookies to continue</span>
  <script>window._cf_chl_opt = { cType: 'non-interactive' }; ${script}</script></body></html>`;
/** Computes for a while, then has a cookie and comes again. */
const passesAfter = (ms: number) =>
  `setTimeout(() => { document.cookie = 'cf_clearance=earned; path=/'; location.reload(); }, ${ms});`;

describe.skipIf(none)('a page that is not all there when it has loaded', () => {
  const data = mkdtempSync(join(tmpdir(), 'page-gateway-'));
  let origin: Site;
  let gateway: PageGatewayService;

  beforeAll(async () => {
    origin = await site({
      '/soon': filledAfter(400),
      '/late': filledAfter(2_500),
      '/never': shell(''),
      '/challenge': (request, response) => {
        const passed = request.headers.cookie?.includes('cf_clearance=earned') ?? false;
        response.writeHead(passed ? 200 : 403, {
          'content-type': 'text/html; charset=utf-8',
          ...(!passed && { server: 'cloudflare', 'cf-mitigated': 'challenge' }),
        });
        response.end(
          passed ? `<!doctype html><title>Inside</title><h1>Inside</h1>${words}` : challenge(passesAfter(700)),
        );
      },
      '/wall': (_request, response) =>
        void response
          .writeHead(403, { 'content-type': 'text/html; charset=utf-8', 'cf-mitigated': 'challenge' })
          .end(challenge('')),
    });
    gateway = await createPageGateway({ port: 0, data, allow: [`127.0.0.1:${origin.port}`], logLevel: 'silent' });
  }, 60_000);
  afterAll(async () => {
    await gateway.close({ grace: 0 });
    await origin.close();
    rmSync(data, { recursive: true });
  });

  const ask = (path: string, query: Record<string, string>) =>
    fetch(`${gateway.url}/v1/page?${new URLSearchParams({ url: origin.url(path), ...query })}`);

  it.each(['auto', 'true'])('is waited for where scripts fill it a moment later: render=%s', async (render) => {
    const answer = await ask('/soon', { render });
    expect(answer.headers.get('x-gateway-engine')).toBe('browser');
    expect(await answer.text()).toContain('<h1>Filled</h1>');
  });

  it('is given as it is where the caller said what to wait for', async () => {
    const answer = await ask('/late', { render: 'true', wait_for_selector: '#root' });
    expect(await answer.text()).toContain('<div id="root"></div>');
  });

  it('is given as it is where nothing ever comes', async () => {
    const answer = await ask('/never', { render: 'auto', timeout: '2s' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<div id="root"></div>');
  });

  it('is waited for where a challenge passes by itself, and what was earned stays with the session', async () => {
    const answer = await ask('/challenge', { render: 'auto', session: 'one' });
    expect([answer.status, answer.headers.get('x-gateway-status')]).toEqual([200, '200']);
    expect(await answer.text()).toContain('<h1>Inside</h1>');
    const again = await ask('/challenge', { session: 'one' });
    expect([again.status, again.headers.get('x-gateway-engine')]).toEqual([200, 'http']);
  });

  it('leaves time to say so where a challenge does not pass', async () => {
    const answer = await ask('/wall', { render: 'true', timeout: '2s', retries: '0' });
    expect(answer.status).toBe(423);
    expect(await problemIn(answer)).toMatchObject({ code: 'blocked', vendor: 'cloudflare' });
  });
});
