// Rendering leaves nothing behind: no process, no folder, no socket; not after it is closed, not after thirty pages, not
// after the program that used it was ended. And where there is no Chromium, it says so.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CookieJar, Session } from 'errand';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { findChromium } from '../src/render/find-chromium.js';
import { memoryOf } from '../src/render/process-group.js';
import { forFile, forTest, guardedSession, none, pageRequest, rigOf, site, visitorOf } from './render-stage.js';

const origin = forFile(
  await site({
    '/': '<p id=a>fine</p><button onclick="document.cookie = \'cleared=yes\'; a.textContent = \'clicked\'" style="position:absolute;left:0;top:0;width:200px;height:100px">go</button><input id=i style="position:absolute;left:0;top:150px;width:200px;height:50px" onkeydown="if (event.key === \'Enter\') a.textContent = i.value">',
    '/image': '<p>with a picture</p><img src=/a.png><link rel=stylesheet href=/a.css>',
    '/a.png': 'x',
    '/a.css': (_request, response) => response.writeHead(200, { 'content-type': 'text/css' }).end('p { color: red }'),
  }),
);

/** A folder that everything temporary of a test is made in. */
function ownTemp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'render-life-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe.skipIf(none)('after', () => {
  test('thirty pages and the end nothing is left', async () => {
    const temp = ownTemp();
    const { html, engine, close } = rigOf(guardedSession([origin.port]), { maxPages: 12 });
    const groups = new Set<number>();
    let left = 30;
    const lane = async () => {
      while (left-- > 0) {
        expect(await html(origin.url())).toContain('fine');
        for (const { group } of engine.runs()) groups.add(group);
      }
    };
    await Promise.all([lane(), lane(), lane()]);
    expect(engine.report()?.launches).toBe(3);
    await vi.waitFor(() => expect(engine.report()).toMatchObject({ active: 0, running: 1 }), 8_000);
    await close();
    for (const group of groups) expect(memoryOf(group)).toBeUndefined();
    expect(readdirSync(temp)).toEqual([]);
  }, 60_000);

  test('closing in the middle nothing is left, and calls are told', async () => {
    const temp = ownTemp();
    const { visit, engine, close } = rigOf(guardedSession([origin.port]), { concurrency: 1 });
    const calls = [1, 2].map(() => visit(origin.url(), { rendering: { wait: 5_000 } }));
    const ended = Promise.allSettled(calls);
    await vi.waitFor(() => expect(engine.report()).toMatchObject({ running: 1, waiting: 1 }), 8_000);
    await close();
    for (const outcome of await ended) expect(outcome.status).toBe('rejected');
    expect(readdirSync(temp)).toEqual([]);
    await expect(visit(origin.url())).rejects.toMatchObject({ code: 'overloaded' });
  });

  test.each(['SIGTERM', 'SIGKILL', 'exit'] as const)('the program was ended by %s nothing is left', async (end) => {
    const temp = ownTemp();
    const child = spawn(process.execPath, ['test/children/render-child.mjs', end], {
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, TMPDIR: temp },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const group = Number(line.toString());
    expect(group).toBeGreaterThan(0);
    if (end !== 'exit') child.kill(end);
    await exited;
    await vi.waitFor(() => expect(memoryOf(group)).toBeUndefined(), 8_000);
    await vi.waitFor(() => expect(readdirSync(temp)).toEqual([]), 8_000);
  });
});

test('without a Chromium rendering is off, and says why', async () => {
  const session = new Session();
  const off = forTest(rigOf(session, { chromium: await findChromium('off') }));
  expect(off.engine.available).toBe(false);
  const call = off.engine.visit({
    request: pageRequest(origin.url()),
    visitor: { id: 'v', sticky: false, proxy: undefined, identity: undefined as never, cookies: new CookieJar() },
    signal: new AbortController().signal,
    timeout: 1_000,
    beforeHop: async () => {},
  });
  await expect(call).rejects.toMatchObject({
    code: 'bad_parameter',
    message: expect.stringContaining('rendering is off here'),
  });
  expect(await findChromium('/no/such/chromium')).toEqual({ missing: expect.stringContaining('/no/such/chromium') });
  expect(await findChromium(undefined, { CHROMIUM_PATH: '/no/such' })).toEqual({
    missing: expect.stringContaining('CHROMIUM_PATH'),
  });
});

describe.skipIf(none)('what is blocked', () => {
  const rig = none ? undefined : forFile(rigOf(guardedSession([origin.port])));
  const { visit, engine } = rig ?? ({} as NonNullable<typeof rig>);

  test('never reaches the origin, and is counted', async () => {
    const before = origin.seen.length;
    const fetched = await visit(origin.url('/image'));
    expect(origin.paths().slice(before)).toEqual(['/image', '/a.css']);
    expect(fetched.rendered?.blocked).toBe(1);
    const all = origin.seen.length;
    const whole = await visit(origin.url('/image'), { rendering: { blocked: [] } });
    expect(origin.paths().slice(all).sort()).toEqual(['/a.css', '/a.png', '/image']);
    expect(whole.rendered?.blocked).toBe(0);
  });

  test('pictures have the size that was asked for', async () => {
    const shot = await visit(origin.url(), { format: 'screenshot' });
    expect(sizeOf(shot.rendered?.screenshot)).toEqual([1280, 800]);
    const tall = { screenshotFullPage: true, windowWidth: 600, windowHeight: 100 };
    const [width, height] = sizeOf((await visit(origin.url(), { rendering: tall })).rendered?.screenshot);
    expect(width).toBe(600);
    expect(height).toBeGreaterThan(150);
    const button = await visit(origin.url(), { rendering: { screenshotSelector: 'button' } });
    expect(sizeOf(button.rendered?.screenshot)).toEqual([200, 100]);
    const missing = await visit(origin.url(), { rendering: { screenshotSelector: '#no' } }, { timeout: 3_000 });
    expect(missing.rendered).toMatchObject({ screenshot: undefined, warnings: [expect.stringContaining('#no')] });
  });

  test('a print is a PDF', async () => {
    const { rendered } = await visit(origin.url(), { format: 'pdf' });
    expect(
      Buffer.from(rendered?.pdf ?? [])
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('a person sees the page, acts, and the visitor keeps what they earned', async () => {
    const visitor = visitorOf(engine);
    const options = { signal: new AbortController().signal, timeout: 10_000 };
    const live = await engine.livePage(visitor, pageRequest(origin.url()), options);
    expect(sizeOf(await live.screenshot())).toEqual([1280, 800]);
    expect(live.url()).toBe(origin.url());
    await live.click(50, 50);
    await vi.waitFor(async () => expect(await live.html()).toContain('clicked'), 8_000);
    await live.click(50, 175);
    await live.type('typed');
    await live.press('Enter');
    await vi.waitFor(async () => expect(await live.html()).toContain('>typed<'), 8_000);
    await live.close();
    await live.closed;
    expect(visitor.cookies.getCookieString(origin.url())).toBe('cleared=yes');
    await vi.waitFor(() => expect(engine.report()?.active).toBe(0), 8_000);
  });

  test('a live page ends with its signal', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, timeout: 10_000 };
    const live = await engine.livePage(visitorOf(engine), pageRequest(origin.url()), options);
    controller.abort();
    await live.closed;
    await vi.waitFor(() => expect(engine.report()?.active).toBe(0), 8_000);
  });
});

/** Width and height of a PNG. */
function sizeOf(png: Uint8Array | undefined): [width: number, height: number] {
  const bytes = Buffer.from(png ?? []);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
