// A captcha in a person's hands, all of it real: the call that runs into it, the ticket, the live page on the dashboard, and
// what was earned there in the hands of the session.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dashboard, requireDashboard, sharedBrowser } from './dashboard-stage.js';
import { captchaSite, insideText } from './support/captcha-site.js';
import { service } from './support/dashboard.js';
import { problemIn } from './support/http-server.js';

sharedBrowser();

const handoff = { on_captcha: 'handoff' };

/** The site's window is 1280 wide; on the dashboard it may be smaller. */
async function clickAt(page: Page, x: number, y: number): Promise<void> {
  const canvas = page.getByRole('application');
  const box = await canvas.boundingBox();
  const scale = (box?.width ?? 0) / 1280;
  await canvas.click({ position: { x: x * scale, y: y * scale } });
}

async function say(page: Page, word: string): Promise<void> {
  await page.locator('.stage[data-shown="true"]').waitFor();
  await clickAt(page, 100, 40);
  await page.keyboard.type(word);
  await clickAt(page, 100, 120);
}

test('a ticket is for its owner and admins, and says when its clearance would be kept by nobody', async () => {
  const target = await captchaSite();
  const { page: get, url, key } = await service();
  const [boss, caller, other] = [await key('boss', ['admin']), await key('caller'), await key('other')];
  const as = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const answer = await get(`${target.url}/`, { ...handoff, session: 'mine' }, as(caller));
  expect(answer.status).toBe(424);
  const problem = await problemIn(answer);
  expect(problem).toMatchObject({
    code: 'captcha_required',
    vendor: 'datadome',
    ticket: expect.stringMatching(/^tkt_/),
  });
  expect(problem.detail).toContain('session=mine');
  const at = (path: string, secret: string) => fetch(`${url}/v1/tickets${path}`, { headers: as(secret) });
  const view = await (await at(`/${problem.ticket}`, caller)).json();
  expect(view).toEqual({
    ...{ id: problem.ticket, url: `${target.url}/`, vendor: 'datadome', state: 'waiting' },
    ...{ created: expect.any(String), expires: expect.any(String) },
  });
  expect((await at(`/${problem.ticket}`, other)).status).toBe(404);
  expect((await at('', caller)).status).toBe(403);
  expect(await (await at('', boss)).json()).toEqual({ tickets: [view] });
  expect((await at('/tkt_none', boss)).status).toBe(404);
  const loose = await problemIn(await get(`${target.url}/`, handoff, as(caller)));
  expect(loose.ticket).not.toBe(problem.ticket);
  expect(loose.detail).toContain('names no session');
});

test('a person passes it on the dashboard, and the session has what they earned', async (context) => {
  requireDashboard(context);
  const target = await captchaSite();
  const { open, page: get } = await dashboard({ rendering: true });
  const mine = { ...handoff, session: 'mine' };
  const first = await get(`${target.url}/`, mine);
  expect(first.status).toBe(424);
  const { ticket } = await problemIn(first);
  const page = await open('#/tickets');
  await page.getByRole('link', { name: /^Open the ticket/ }).click();
  await page.locator('.stage[data-shown="true"]').waitFor();
  const meanwhile = await get(`${target.url}/`, mine);
  expect(meanwhile.status).toBe(409);
  expect(await problemIn(meanwhile)).toMatchObject({ code: 'session_busy', retryable: true });
  expect((await get(`${target.url}/`, { session: 'another', ...handoff })).status).toBe(424);
  await page.getByRole('button', { name: 'Done, it is solved' }).click();
  await page.getByText('The page still looks like a captcha').waitFor();
  await say(page, 'sesame');
  await expect.poll(() => target.asked.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
  await page.getByRole('button', { name: 'Done, it is solved' }).click();
  await page.getByRole('cell', { name: /solved/ }).waitFor();
  const after = await get(`${target.url}/`, mine);
  expect(after.status).toBe(200);
  expect(after.headers.get('x-gateway-engine')).toBe('http');
  expect(await after.text()).toContain(insideText.slice(0, 40));
  const state = await fetch(`${new URL(page.url()).origin}/v1/tickets/${ticket}`);
  expect(await state.json()).toMatchObject({ state: 'solved' });
});

test('a job waits for the person, and goes on when it is solved', async (context) => {
  requireDashboard(context);
  const target = await captchaSite();
  const { open, url, gateway } = await dashboard({ rendering: true });
  const start = async (urls: string[]) => {
    const made = await fetch(`${url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ urls, ...handoff }),
    });
    return ((await made.json()) as { id: string }).id;
  };
  const stateOf = async (id: string) => (await fetch(`${url}/v1/jobs/${id}`)).json();
  const job = await start([`${target.url}/1`, `${target.url}/2`]);
  await expect.poll(() => stateOf(job), { timeout: 10_000 }).toMatchObject({ state: 'waiting_human' });
  // Both pages stand before the same captcha.
  expect(gateway.rooms.tickets.list()).toHaveLength(1);
  const page = await open('#/tickets');
  await page.getByRole('link', { name: /^Open the ticket/ }).click();
  await page.locator('.stage[data-shown="true"]').waitFor();
  const later = await start([`${target.url}/3`]);
  await expect.poll(() => stateOf(later), { timeout: 10_000 }).toMatchObject({ state: 'waiting_human' });
  await say(page, 'sesame');
  await expect.poll(() => target.asked.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
  await page.getByRole('button', { name: 'Done, it is solved' }).click();
  await page.getByRole('cell', { name: /solved/ }).waitFor();
  await expect.poll(() => stateOf(job), { timeout: 15_000 }).toMatchObject({ state: 'finished', done: 2 });
  await expect.poll(() => stateOf(later), { timeout: 15_000 }).toMatchObject({ state: 'finished', done: 1 });
});
