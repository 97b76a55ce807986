// microsocks: names resolved here and there, credentials, a target that cannot be reached.
import http from 'node:http';
import https from 'node:https';
import { Session, type SessionOptions } from 'errand';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { closedPort, fixture, listening, names } from '../support/peers.js';
import { describeServer, freePort, start } from './servers.js';

function session(options: SessionOptions): Session {
  const made = new Session({ retry: false, guard: false, tls: { ca: fixture('ca') }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

const answer: http.RequestListener = (request, response) => response.end(request.headers.host);

describeServer('microsocks', (path) => {
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    await start(path, ['-i', '127.0.0.1', '-p', String(port), '-u', 'me', '-P', 'secret'], { port });
  });

  const proxy = (scheme: string) => `${scheme}://me:secret@127.0.0.1:${port}`;

  test('socks5: a name that is resolved here', async () => {
    const target = await listening(http.createServer(answer));
    const made = session({ proxy: proxy('socks5'), dns: { lookup: names({ 'a.test': ['127.0.0.1'] }) } });
    expect(await made.get(`http://a.test:${target.port}/`).text()).toBe(`a.test:${target.port}`);
  });

  test('socks5h: a name that is resolved there', async () => {
    const target = await listening(https.createServer({ cert: fixture('good'), key: fixture('good-key') }, answer));
    const made = session({ proxy: proxy('socks5h'), dns: { lookup: names({}) } });
    expect(await made.get(`https://localhost:${target.port}/`).text()).toBe(`localhost:${target.port}`);
  });

  test('no credentials, and wrong ones', async () => {
    for (const who of ['', 'me:wrong@']) {
      const made = session({ proxy: `socks5h://${who}127.0.0.1:${port}` });
      const error = await made.get('http://127.0.0.1:9/').catch((caught) => caught);
      expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials', retryable: false });
    }
  });

  test('a target that nobody listens at', async () => {
    const error = await session({ proxy: proxy('socks5') })
      .get(`http://127.0.0.1:${await closedPort()}/`)
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'target', retryable: true });
    expect(error.message).toContain('connection refused');
  });
});
