// nginx and haproxy as what is asked: TLS with sessions and client certificates, HTTP/2, codings, ranges, connections that
// the server ends, and a server in front of one that is away.
import http from 'node:http';
import { Session, type SessionOptions } from 'errand';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { closedPort, fixture, listening } from '../support/peers.js';
import { describeServer, folder, freePort, start, write } from './servers.js';

function session(options: SessionOptions = {}): Session {
  const made = new Session({ retry: false, guard: false, tls: { ca: fixture('ca') }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

const large = 'All work and no play makes Jack a dull boy.\n'.repeat(10_000);

describeServer('nginx', (path) => {
  let plain = 0;
  let secure = 0;

  beforeAll(async () => {
    const home = folder();
    plain = await freePort();
    secure = await freePort();
    for (const name of ['ca', 'good', 'good-key']) write(home, `${name}.pem`, fixture(name));
    write(home, 'large.txt', large);
    const config = write(
      home,
      'nginx.conf',
      `daemon off;
pid ${home}/pid;
error_log stderr;
worker_processes 1;
events { worker_connections 64; }
http {
  access_log off;
  types { text/plain txt; }
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  root ${home};
  gzip on; gzip_types text/plain; gzip_min_length 1;
  keepalive_requests 2;
  server {
    listen 127.0.0.1:${plain};
    listen 127.0.0.1:${secure} ssl http2;
    ssl_certificate good.pem; ssl_certificate_key good-key.pem;
    ssl_client_certificate ca.pem; ssl_verify_client optional;
    location = /who { return 200 "$server_protocol $ssl_client_verify $ssl_session_reused"; }
    location = /hangup { return 444; }
    location = /busy { add_header Retry-After 1 always; return 503; }
    location = /moved { return 301 /who; }
  }
}
`,
    );
    await start(path, ['-p', home, '-c', config], { port: plain });
  });

  test('a large body, packed', async () => {
    const response = await session().get(`http://127.0.0.1:${plain}/large.txt`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(large);
  });

  test('a part of it, and that it has not changed', async () => {
    const made = session();
    const url = `http://127.0.0.1:${plain}/large.txt`;
    const headers = { range: 'bytes=0-9', 'accept-encoding': 'identity' };
    const part = await made.get(url, { headers });
    expect([part.status, await part.text()]).toEqual([206, 'All work a']);
    const etag = part.headers.get('etag') as string;
    expect((await made.get(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('a connection that the server ends after two requests', async () => {
    const made = session();
    const reused: Array<boolean | undefined> = [];
    for (let time = 0; time < 5; time++) {
      const { trace } = await made.get(`http://127.0.0.1:${plain}/who`);
      reused.push(trace.attempts[0]?.reusedConnection);
    }
    expect(reused).toEqual([false, true, false, true, false]);
  });

  test('TLS: HTTP/1.1 or HTTP/2 as asked, a shorter handshake the second time, a certificate of ours', async () => {
    const url = `https://localhost:${secure}/who`;
    const one = session({ connection: { maxRequests: 1 } });
    expect(await one.get(url).text()).toBe('HTTP/1.1 NONE .');
    expect(await one.get(url).text()).toBe('HTTP/1.1 NONE r');
    expect(
      await session({ connection: { http2: true } })
        .get(url)
        .text(),
    ).toMatch(/^HTTP\/2\.0 NONE/);
    const tls = { ca: fixture('ca'), cert: fixture('client'), key: fixture('client-key') };
    expect(await session({ tls }).get(url).text()).toMatch(/^HTTP\/1\.1 SUCCESS/);
  });

  test('a redirect', async () => {
    const response = await session().get(`http://127.0.0.1:${plain}/moved`);
    expect(response.history.map(({ status }) => status)).toEqual([301]);
    expect(await response.text()).toMatch(/^HTTP\/1\.1/);
  });

  test('a server that hangs up, and one that is busy', async () => {
    const made = session();
    const hangup = await made.get(`http://127.0.0.1:${plain}/hangup`).catch((caught) => caught);
    expect(hangup).toMatchObject({ name: 'DisconnectedError' });
    const busy = await made.get(`http://127.0.0.1:${plain}/busy`).catch((caught) => caught);
    expect(busy).toMatchObject({ name: 'HttpError', status: 503 });
    expect(busy.response.headers.get('retry-after')).toBe('1');
  });

  test('a head that is larger than the server takes', async () => {
    const headers = { 'x-large': 'x'.repeat(40_000) };
    const error = await session()
      .get(`http://127.0.0.1:${plain}/who`, { headers })
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: 'HttpError', status: 400 });
  });
});

describeServer('haproxy', (path) => {
  test('in front of a server, of one that is away, and of one that is silent', async () => {
    const home = folder();
    const [port, here, away, silent] = [
      await freePort(),
      (await listening(http.createServer((request, response) => response.end(request.url)))).port,
      await closedPort(),
      (await listening(http.createServer(() => {}))).port,
    ];
    const config = write(
      home,
      'haproxy.cfg',
      `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 200ms
  retries 0
frontend front
  bind 127.0.0.1:${port}
  use_backend away if { path_beg /away }
  use_backend silent if { path_beg /silent }
  default_backend here
backend here
  server one 127.0.0.1:${here}
backend away
  server one 127.0.0.1:${away}
backend silent
  server one 127.0.0.1:${silent}
`,
    );
    await start(path, ['-db', '-f', config], { port });
    const made = session();
    const url = `http://127.0.0.1:${port}`;
    for (let time = 0; time < 3; time++) expect(await made.get(`${url}/x`).text()).toBe('/x');
    await expect(made.get(`${url}/away`)).rejects.toMatchObject({ status: 503 });
    await expect(made.get(`${url}/silent`)).rejects.toMatchObject({ status: 504 });
    expect(await made.get(`${url}/x`).text()).toBe('/x');
  });
});
