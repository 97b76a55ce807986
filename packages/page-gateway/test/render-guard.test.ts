// Nothing that a page does reaches an address that the guard does not let through: not by fetch, image, frame, WebSocket,
// worker, redirect, prefetch or WebRTC. A canary on loopback hears every connection.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { BlockedAddressError } from 'errand';
import { afterAll, describe, expect, test } from 'vitest';
import { forFile, guardedSession, listen, none, rigOf, site } from './render-stage.js';

/** Hears whoever connects, over TCP and UDP. */
async function canary(): Promise<{ port: number; heard: string[]; close(): Promise<void> }> {
  const heard: string[] = [];
  const server = createTcpServer((socket: Socket) => {
    heard.push('tcp');
    socket.destroy();
  });
  const { port, close } = await listen(server as never);
  const datagrams = createSocket('udp4', () => heard.push('udp'));
  datagrams.bind(port, '127.0.0.1');
  await once(datagrams, 'listening');
  afterAll(() => void datagrams.close());
  return { port, heard, close };
}

const hidden = forFile(await canary());
const at = `127.0.0.1:${hidden.port}`;
const reports: string[] = [];
const attempts: Record<string, string> = {
  fetch: `await fetch("http://${at}/", { mode: "no-cors" })`,
  'fetch by name': `await fetch("http://localhost:${hidden.port}/", { mode: "no-cors" })`,
  'fetch over IPv6': `await fetch("http://[::1]:${hidden.port}/", { mode: "no-cors" })`,
  'fetch by number': `await fetch("http://2130706433:${hidden.port}/", { mode: "no-cors" })`,
  'fetch of metadata': 'await fetch("http://169.254.169.254/latest/", { mode: "no-cors" })',
  https: `await fetch("https://${at}/", { mode: "no-cors" })`,
  redirect: 'await fetch("/to-canary", { mode: "no-cors" })',
  image: `await new Promise((done) => { const i = new Image(); i.onload = i.onerror = done; i.src = "http://${at}/i" })`,
  script: `await new Promise((done) => { const s = document.createElement("script"); s.onload = s.onerror = done; s.src = "http://${at}/s"; document.head.append(s) })`,
  frame: `await new Promise((done) => { const f = document.createElement("iframe"); f.onload = done; f.src = "http://${at}/f"; document.body.append(f) })`,
  WebSocket: `await new Promise((done) => { const w = new WebSocket("ws://${at}/w"); w.onclose = done })`,
  'secure WebSocket': `await new Promise((done) => { const w = new WebSocket("wss://${at}/w"); w.onclose = done })`,
  EventSource: `await new Promise((done) => { const e = new EventSource("http://${at}/e"); e.onerror = () => { e.close(); done() } })`,
  beacon: `navigator.sendBeacon("http://${at}/b", "x")`,
  prefetch: `for (const rel of ["prefetch", "preconnect", "dns-prefetch", "prerender"]) { const l = document.createElement("link"); l.rel = rel; l.href = "http://${at}/p"; document.head.append(l) }`,
  worker: `await new Promise((done) => { const w = new Worker(URL.createObjectURL(new Blob(['fetch("http://${at}/").finally(() => postMessage(1))']))); w.onmessage = done })`,
  popup: `open("http://${at}/popup")`,
  WebRTC: `const c = new RTCPeerConnection({ iceServers: [{ urls: "stun:${at}" }, { urls: "turn:${at}?transport=tcp", username: "u", credential: "p" }] }); c.createDataChannel("x"); await c.setLocalDescription(); await new Promise((done) => setTimeout(done, 400))`,
  WebTransport: `await new WebTransport("https://${at}/").ready`,
};
const origin = forFile(
  await site({
    '*': (request, response) => {
      const name = new URL(request.url ?? '', 'http://x').searchParams.get('try') ?? '';
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<body><script type=module>
        const limit = new Promise((done) => setTimeout(done, 1500, "no answer"));
        const work = async () => { ${attempts[name] ?? ''} };
        const said = await Promise.race([work().then(() => "done", (error) => String(error)), limit]);
        document.body.id = "tried"; document.body.title = said;
      </script>`);
    },
    '/to-canary': (_request, response) => response.writeHead(302, { location: `http://${at}/` }).end(),
    '/moves': `<script>location = "http://${at}/"</script>`,
    '/file':
      '<script>try { location = "file:///etc/passwd" } catch {}</script><iframe src="file:///etc/passwd"></iframe><p>here</p>',
    '/report': (request, response) => {
      reports.push(request.url ?? '');
      response.end();
    },
  }),
);
const rig = none ? undefined : forFile(rigOf(guardedSession([origin.port])));
const { visit, html } = rig ?? ({} as NonNullable<typeof rig>);

describe.skipIf(none)('a page', () => {
  test.each(Object.keys(attempts))('cannot reach a private address by %s', async (name) => {
    const rendering = { waitForSelector: '#tried', blocked: [] };
    const body = await html(origin.url(`/page?try=${encodeURIComponent(name)}`), { rendering });
    expect(body).toContain('id="tried"');
    expect(hidden.heard).toEqual([]);
  });

  test('can reach what is allowed', async () => {
    const before = origin.seen.length;
    attempts.allowed = `document.title = (await fetch("/report")).status + " " + await new Promise((done) => { const w = new WebSocket("ws://127.0.0.1:${origin.port}/"); w.onclose = () => done("closed") })`;
    const body = await html(origin.url('/page?try=allowed'), { rendering: { waitForSelector: '#tried' } });
    expect(body).toContain('<title>200 closed</title>');
    expect(origin.seen.length - before).toBeGreaterThanOrEqual(2);
  });

  test('that goes to a private address stays behind', async () => {
    const fetched = await visit(origin.url('/moves'), { rendering: { wait: 200 } });
    expect(Buffer.from(fetched.body).toString()).not.toContain('passwd');
    expect(hidden.heard).toEqual([]);
  });

  test('cannot read files', async () => {
    const body = await html(origin.url('/file'), { rendering: { wait: 100 } });
    expect(body).toContain('here');
    expect(body).not.toContain('root:');
  });
});

describe.skipIf(none)('without the guard', () => {
  const opened = none ? undefined : forFile(rigOf(guardedSession([origin.port, hidden.port])));

  test.each([
    'fetch',
    'fetch by name',
    'redirect',
    'image',
    'script',
    'frame',
    'WebSocket',
    'EventSource',
    'beacon',
    'worker',
  ])('the same %s is heard, so that silence means something', async (name) => {
    const rendering = { waitForSelector: '#tried', blocked: [] };
    await opened?.visit(origin.url(`/page?try=${encodeURIComponent(name)}`), { rendering });
    expect(hidden.heard.splice(0)).toContain('tcp');
  });

  test.each(['WebRTC', 'WebTransport'])('%s still has no way past the proxy', async (name) => {
    const rendering = { waitForSelector: '#tried', blocked: [] };
    await opened?.visit(origin.url(`/page?try=${name}`), { rendering });
    expect(hidden.heard.splice(0)).not.toContain('udp');
  });
});

describe.skipIf(none)('the target', () => {
  test.each([`http://${at}/`, `https://${at}/`, 'http://169.254.169.254/', 'http://[::1]:1234/'])(
    '%s is refused in the words of the guard',
    async (url) => {
      await expect(visit(url)).rejects.toBeInstanceOf(BlockedAddressError);
      expect(hidden.heard).toEqual([]);
    },
  );

  test('is refused where it redirects to a private address', async () => {
    await expect(visit(origin.url('/to-canary'))).rejects.toBeInstanceOf(BlockedAddressError);
    expect(hidden.heard).toEqual([]);
  });
});

describe.skipIf(none)('hops', () => {
  test('are asked about one by one, before they are made', async () => {
    const asked: string[] = [];
    const beforeHop = async (url: URL) => {
      asked.push(url.pathname);
    };
    await visit(origin.url('/to-canary'), {}, { beforeHop }).catch(() => {});
    expect(asked).toEqual(['/to-canary', '/']);
  });

  test('that are not allowed are not made', async () => {
    const refusal = new Error('robots');
    const before = origin.seen.length;
    await expect(visit(origin.url('/page'), {}, { beforeHop: () => Promise.reject(refusal) })).rejects.toBe(refusal);
    expect(origin.seen.length).toBe(before);
  });
});
