// Squid and tinyproxy: plain and secure targets, credentials, targets that are refused or cannot be reached.
import http from 'node:http';
import https from 'node:https';
import { Session, type SessionOptions } from 'errand';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { closedPort, fixture, listening, names, type Peer } from '../support/peers.js';
import { describeServer, folder, freePort, start, write } from './servers.js';

const answer: http.RequestListener = (request, response) => {
  const { host, 'proxy-authorization': secret = '-' } = request.headers;
  response.end(`${host} ${request.method} ${request.url} ${secret}`);
};
const plainTarget = () => listening(http.createServer(answer));
const secureTarget = () => listening(https.createServer({ cert: fixture('good'), key: fixture('good-key') }, answer));

function session(options: SessionOptions): Session {
  const made = new Session({ retry: false, guard: false, tls: { ca: fixture('ca') }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

/** What every HTTP proxy does; `port` asks for `me` and `secret`. */
function everyProxy(port: () => number): void {
  const proxy = () => `http://me:secret@127.0.0.1:${port()}`;

  test('a plain target, again and again', async () => {
    const { port: target } = await plainTarget();
    const made = session({ proxy: proxy(), retry: 3 });
    for (let time = 0; time < 3; time++) {
      const response = await made.get(`http://127.0.0.1:${target}/a?b=${time}`);
      expect(await response.text()).toBe(`127.0.0.1:${target} GET /a?b=${time} -`);
    }
  });

  test('a body', async () => {
    const { port: target } = await listening(
      http.createServer(async (request, response) => {
        let length = 0;
        for await (const chunk of request) length += chunk.length;
        response.end(String(length));
      }),
    );
    const made = session({ proxy: proxy() });
    expect(await made.post(`http://127.0.0.1:${target}/`, { body: Buffer.alloc(200_000) }).text()).toBe('200000');
  });

  test('a secure target, by its address and by its name', async () => {
    const { port: target } = await secureTarget();
    const made = session({ proxy: proxy() });
    expect(await made.get(`https://127.0.0.1:${target}/x`).text()).toBe(`127.0.0.1:${target} GET /x -`);
    expect(await made.get(`https://localhost:${target}/x`).text()).toBe(`localhost:${target} GET /x -`);
  });

  test('a guarded target: the tunnel goes to the checked address', async () => {
    const { port: target } = await secureTarget();
    const options = {
      proxy: proxy(),
      guard: { allow: ['127.0.0.1'] },
      dns: { lookup: names({ 'tls.test': ['127.0.0.1'] }) },
    };
    expect(await session(options).get(`https://tls.test:${target}/x`).text()).toBe(`tls.test:${target} GET /x -`);
  });

  test('no credentials, and wrong ones', async () => {
    for (const who of ['', 'me:wrong@']) {
      const made = session({ proxy: `http://${who}127.0.0.1:${port()}` });
      const error = await made.get('https://127.0.0.1:9/').catch((caught) => caught);
      expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials', retryable: false });
    }
  });

  test('no credentials for a plain target', async () => {
    const made = session({ proxy: `http://127.0.0.1:${port()}` });
    const error = await made.get('http://127.0.0.1:9/').catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials', status: 407 });
  });

  test('a target that nobody listens at', async () => {
    const closed = await closedPort();
    const error = await session({ proxy: proxy() })
      .get(`https://127.0.0.1:${closed}/`)
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'target', retryable: true });
    expect(error.status).toBeGreaterThanOrEqual(500);
  });
}

describeServer('squid', (path) => {
  let port = 0;
  let refused: Peer['port'] = 0;

  beforeAll(async () => {
    const home = folder();
    port = await freePort();
    refused = await freePort();
    const passwords = write(home, 'passwords', 'me:$apr1$errandxx$Tn2kwve8mwCDPnri3eDdr1\n');
    const config = write(
      home,
      'squid.conf',
      `http_port 127.0.0.1:${port}
pid_filename none
access_log none
cache_log ${home}/cache.log
coredump_dir ${home}
cache deny all
shutdown_lifetime 0 seconds
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${passwords}
auth_param basic children 1 startup=1
acl known proxy_auth REQUIRED
acl refused port ${refused}
http_access deny !known
http_access deny refused
http_access allow known
`,
    );
    await start(path, ['-N', '-f', config], { port, log: `${home}/cache.log` });
  });

  everyProxy(() => port);

  test('a connection to it carries further requests', async () => {
    const { port: target } = await plainTarget();
    const made = session({ proxy: `http://me:secret@127.0.0.1:${port}` });
    await made.get(`http://127.0.0.1:${target}/`);
    const { trace } = await made.get(`http://127.0.0.1:${target}/`);
    expect(trace.attempts[0]?.reusedConnection).toBe(true);
  });

  test('a target that its rules refuse', async () => {
    const made = session({ proxy: `http://me:secret@127.0.0.1:${port}` });
    const error = await made.get(`https://127.0.0.1:${refused}/`).catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'target', status: 403, retryable: false });
  });
});

describeServer('tinyproxy', (path) => {
  let port = 0;

  beforeAll(async () => {
    const home = folder();
    port = await freePort();
    const config = write(
      home,
      'tinyproxy.conf',
      `Port ${port}
Listen 127.0.0.1
Timeout 10
Allow 127.0.0.1
BasicAuth me secret
LogFile "${home}/log"
`,
    );
    await start(path, ['-d', '-c', config], { port, log: `${home}/log` });
  });

  describe('as every proxy', () => everyProxy(() => port));
});
