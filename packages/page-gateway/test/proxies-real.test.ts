// Real proxies between the ladder and its target: squid, tinyproxy and microsocks.
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeServer, folder, freePort, start, write } from '../../errand/test/integration/servers.js';
import { ladder } from './support/ladder.js';
import { pageHtml, startOrigin } from './support/origin.js';
import { pageRequest } from './support/page-request.js';

/** What every proxy does, at `line`; `saysSo`: one that wants a password says so as HTTP has it. */
function everyProxy(line: () => string, saysSo = true): void {
  test('carries pages, and is known to be well', async () => {
    await using origin = await startOrigin();
    await using own = ladder({ proxyLines: [`${line()} id=real country=de`] });
    for (let time = 0; time < 3; time++) {
      const page = await own.get(pageRequest(`${origin.url}/page`, { country: 'de' }));
      expect([Buffer.from(page.fetched.body).toString(), page.proxy]).toEqual([pageHtml, 'real']);
    }
    expect(own.proxies.report()).toMatchObject([{ id: 'real', state: 'healthy', successes: 3, failures: 0 }]);
    expect(JSON.stringify(own.proxies.report())).not.toContain('secret');
  });

  test('a wrong password: another proxy goes', async () => {
    await using origin = await startOrigin();
    const wrong = line().replace('secret', 'wrong');
    await using own = ladder({ proxyLines: [`${wrong} id=wrong`, `${line()} id=right`] });
    const page = await own.get(pageRequest(`${origin.url}/page`));
    expect(page.attempts.map(({ proxy }) => proxy)).toEqual(['wrong', 'right']);
    expect(own.proxies.report()).toMatchObject([
      { id: 'wrong', state: saysSo ? 'cooling' : 'healthy' },
      { id: 'right', state: 'healthy' },
    ]);
  });

  test('a target in private is refused before the proxy hears of it', async () => {
    await using own = ladder({ proxyLines: [`${line()} id=real`] });
    const under = own.get(pageRequest('http://10.0.0.1/', { robots: 'ignore' }));
    await expect(under).rejects.toMatchObject({ code: 'target_forbidden' });
  });

  test('a target that nobody listens at is not the proxy’s failure', async () => {
    await using own = ladder({ proxyLines: [`${line()} id=real`] });
    const closed = await freePort();
    const under = own.get(pageRequest(`http://127.0.0.1:${closed}/`, { robots: 'ignore', retries: 1 }));
    await expect(under).rejects.toMatchObject({ code: 'upstream', message: expect.stringContaining("'real'") });
    expect(own.proxies.report()).toMatchObject([{ state: 'healthy' }]);
  });
}

describeServer('squid', (path) => {
  let port = 0;
  beforeAll(async () => {
    const home = folder();
    port = await freePort();
    const passwords = write(home, 'passwords', 'me:$apr1$errandxx$Tn2kwve8mwCDPnri3eDdr1\n');
    const settings = [
      `http_port 127.0.0.1:${port}`,
      ...['pid_filename none', 'access_log none', 'cache deny all', 'shutdown_lifetime 0 seconds'],
      ...[`cache_log ${home}/cache.log`, `coredump_dir ${home}`],
      `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${passwords}`,
      ...['auth_param basic children 1 startup=1', 'acl known proxy_auth REQUIRED', 'http_access allow known'],
    ];
    const config = write(home, 'squid.conf', `${settings.join('\n')}\n`);
    await start(path, ['-N', '-f', config], { port, log: `${home}/cache.log` });
  });
  everyProxy(() => `http://me:secret@127.0.0.1:${port}`);
});

describeServer('tinyproxy', (path) => {
  let port = 0;
  beforeAll(async () => {
    const home = folder();
    port = await freePort();
    const settings = [`Port ${port}`, 'Listen 127.0.0.1', 'Allow 127.0.0.1', 'BasicAuth me secret'];
    const config = write(home, 'tinyproxy.conf', `${settings.join('\n')}\nLogFile "${home}/log"\n`);
    await start(path, ['-d', '-c', config], { port, log: `${home}/log` });
  });
  everyProxy(() => `http://me:secret@127.0.0.1:${port}`, false);
});

describeServer('microsocks', (path) => {
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    await start(path, ['-i', '127.0.0.1', '-p', String(port), '-u', 'me', '-P', 'secret'], { port });
  });
  everyProxy(() => `socks5://me:secret@127.0.0.1:${port}`);
});

test('check finds who is there and who is not', async () => {
  const closed = await freePort();
  await using origin = await startOrigin();
  const own = ladder({
    proxyLines: [`http://127.0.0.1:${origin.port} id=there`, `http://127.0.0.1:${closed} id=gone`],
  });
  onTestFinished(() => own[Symbol.asyncDispose]());
  expect(await own.proxies.check()).toMatchObject([
    { id: 'there', state: 'healthy', lastError: null },
    { id: 'gone', state: 'cooling', lastError: 'it cannot be reached (ECONNREFUSED)' },
  ]);
});
