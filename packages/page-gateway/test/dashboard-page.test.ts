// The dashboard as people use it, in a real Chromium: by mouse, by keyboard, on a phone.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dashboard, requireDashboard, sharedBrowser } from './dashboard-stage.js';
import { page as plainPage, site } from './support/site.js';

sharedBrowser();

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('an admin signs in by keyboard alone, goes through the views, and signs out', async (context) => {
  requireDashboard(context);
  const { open, key } = await dashboard();
  const secret = await key('boss', ['admin']);
  const page = await open();
  await page.getByLabel('A key with the scope admin').focus();
  await page.keyboard.type('pgk_wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'not known' }).waitFor();
  await page.getByLabel('A key with the scope admin').fill(secret);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  await page.getByText('No page was asked for yet').waitFor();
  for (const [name, words] of [
    ['Hosts', 'No host was asked yet'],
    ['Proxies', 'There are no proxies'],
    ['Sessions', 'No session is kept'],
    ['Jobs', 'No job was given'],
    ['Tickets', 'Nothing waits for a person'],
  ] as const) {
    await page.getByRole('link', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(words).waitFor();
    // Reading goes on at the new view's top.
    await page.locator('h1:focus', { hasText: name }).waitFor();
  }
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await page.getByRole('cell', { name: 'boss' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('A key with the scope admin').waitFor();
  await page.reload();
  await page.getByLabel('A key with the scope admin').waitFor();
});

test('calls appear as they happen, with their ladder, and what a target says is text', async (context) => {
  requireDashboard(context);
  const { open, page: get } = await dashboard();
  let turns = 0;
  const target = await site((request, response) => {
    if (request.url?.startsWith('/flaky') && turns++ === 0) return void response.writeHead(500).end('no');
    return plainPage(request, response);
  });
  const page = await open();
  await page.getByText('No page was asked for yet').waitFor();
  await get(`${target.url}/flaky?q=<img src=x onerror=alert(1)>&long=${'x'.repeat(900)}`);
  const call = page.locator('.call').first();
  await call.getByText('2 tries').waitFor();
  await call.locator('summary').focus();
  await page.keyboard.press('Enter');
  const tries = call.getByRole('table', { name: 'Tries' });
  await expect.poll(() => tries.getByRole('row').count()).toBe(3);
  await expect.poll(() => tries.getByRole('row').nth(1).textContent()).toContain('500');
  await expect.poll(() => tries.getByRole('row').nth(2).textContent()).toContain('200');
  await expect.poll(() => page.locator('img').count()).toBe(0);
  await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Hold still' }).click();
  await get(`${target.url}/later`);
  await page.getByText('2', { exact: false }).first().waitFor();
  await page.getByRole('status').filter({ hasText: '1 call shown, held still' }).waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('status').filter({ hasText: '2 calls shown' }).waitFor({ state: 'attached' });
  await page.getByLabel('Only calls with this').fill('/later');
  await page.getByRole('status').filter({ hasText: '1 call shown' }).waitFor({ state: 'attached' });
});

test('any page can be tried, is shown without running, and told as a line for a shell', async (context) => {
  requireDashboard(context);
  const asked: string[] = [];
  const target = await site((request, response) => {
    asked.push(request.url ?? '');
    const hostile = `<script>top.document.title='taken'</script><img src="/inner"><a href="/away">away</a><meta http-equiv="refresh" content="0;url=/away">`;
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<h1>Hello</h1>${hostile}<p>${'Words. '.repeat(60)}</p>`);
  });
  const { open, url } = await dashboard();
  const page = await open('#/try');
  await page.getByLabel('URL', { exact: true }).fill(`${target.url}/it's?a=1&b=2`);
  await page.getByLabel('session', { exact: true }).fill('basket');
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await page.getByRole('heading', { name: /ok 200/ }).waitFor();
  const frame = page.frameLocator('iframe[title="The page that came"]');
  await frame.getByRole('heading', { name: 'Hello' }).waitFor();
  await frame.getByRole('link', { name: 'away' }).click({ noWaitAfter: true });
  await page.getByText('Source', { exact: true }).click();
  await page.locator('.source').filter({ hasText: 'top.document.title' }).waitFor();
  await expect.poll(() => page.title()).toBe('Try a page · Page gateway');
  expect(asked).toEqual(["/it's?a=1&b=2"]);
  await expect
    .poll(() => page.getByLabel('The same call by curl').textContent())
    .toContain(
      `curl -sS -i '${url}/v1/page?url=${encodeURIComponent(`${target.url}/it's?a=1&b=2`).replace("'", '%27')}&session=basket'`,
    );
  await page.getByText('Rendering', { exact: true }).click();
  await page.getByLabel('js_scenario').fill('not json');
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await page.getByText(/^js_scenario: /).waitFor();
  expect(asked).toHaveLength(1);
});

test('it fits on a phone, whatever stands in it', async (context) => {
  requireDashboard(context);
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}`;
  const {
    open,
    page: get,
    gateway,
  } = await dashboard({
    proxies: [`http://127.0.0.1:9 id=${'p'.repeat(60)} country=de pool=premium`],
  });
  await get(`http://${long}.example/${'x'.repeat(600)}`, { session: 's'.repeat(60), retries: '0' });
  const made = await fetch(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `http://${long}.example/`, retries: 0 }),
  });
  expect(made.status).toBe(202);
  const page = await open('', { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true });
  await page.locator('.call summary').first().tap();
  for (const view of ['requests', 'try', 'hosts', 'proxies', 'sessions', 'jobs', 'tickets', 'keys']) {
    await page.evaluate((place) => {
      location.hash = place;
    }, `#/${view}`);
    await page.locator(`nav a[href="#/${view}"][aria-current="page"]`).waitFor();
    expect({ view, overflow: await overflow(page) }).toEqual({ view, overflow: 0 });
  }
});
