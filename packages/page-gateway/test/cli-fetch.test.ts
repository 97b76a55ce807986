// `fetch URL`: the page on stdout, its facts and problems on stderr, and an exit code for each kind of end.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { site } from './support/site.js';

// The first one loads everything that a gateway is made of.
vi.setConfig({ testTimeout: 60_000 });

const quick = { PAGE_GATEWAY_ALLOW: '127.0.0.1', PAGE_GATEWAY_CHROMIUM: 'off' };

test('a page is printed as it was asked for', async () => {
  const { url } = await site();
  const env = { ...quick, PAGE_GATEWAY_DATA: temporaryFolder() };
  const html = await typed(['fetch', `${url}/a`], env);
  expect([html.code, html.err]).toEqual([0, '']);
  expect(html.out).toContain('<h1>Page /a</h1>');
  const markdown = await typed(['fetch', `${url}/a`, '--format', 'markdown', '--target-selector', 'h1', '-i'], env);
  expect([markdown.code, markdown.out.trim()]).toEqual([0, '# Page /a']);
  expect(markdown.err).toMatch(/^200 http:\S+\/a \(http, 1 tried, \d+ ms\)\n$/);
});

test('method, body and headers go to the target, and the page into a file', async () => {
  const { url } = await site((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(`${request.method} ${request.headers['x-own']} ${Buffer.concat(parts)}`);
    });
  });
  const folder = temporaryFolder();
  const [output, body] = [join(folder, 'page.txt'), join(folder, 'body.txt')];
  writeFileSync(body, 'from a file');
  const env = { ...quick, PAGE_GATEWAY_DATA: join(folder, 'data') };
  const words = ['fetch', `${url}/`, '--body', `@${body}`, '--header', 'X-Own: 1', '-o', output];
  expect(await typed(words, env)).toEqual({ code: 0, out: '', err: '' });
  expect(readFileSync(output, 'utf8')).toBe('POST 1 from a file');
});

test('what the target says of itself is no failure', async () => {
  const { url } = await site(
    (_request, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('no'),
  );
  expect(await typed(['fetch', `${url}/`], { ...quick, PAGE_GATEWAY_DATA: temporaryFolder() })).toMatchObject({
    code: 0,
    out: 'no',
  });
});

test('each kind of failure has its exit code, and its tries are told', async () => {
  const { url } = await site((request, response) => {
    if (request.url === '/challenge') {
      response.writeHead(403, { 'content-type': 'text/html', 'cf-mitigated': 'challenge', server: 'cloudflare' });
      response.end('<title>Just a moment...</title>');
    }
    // Else it never answers.
  });
  const env = { ...quick, PAGE_GATEWAY_DATA: temporaryFolder() };
  const ends: Array<readonly [string[], number, RegExp]> = [
    [[`${url}/`, '--timeout', '200', '--retries', '0'], 6, /^page-gateway fetch: timeout: /],
    [
      [`${url}/challenge`, '--retries', '0'],
      4,
      /^page-gateway fetch: blocked: .*\n {2}http directly: 403, challenge, \d+ ms\n$/,
    ],
    [['http://10.1.2.3/'], 3, /^page-gateway fetch: target_forbidden: /],
    [['http://127.0.0.1:9/', '--retries', '0'], 5, /^page-gateway fetch: upstream: /],
  ];
  for (const [words, code, pattern] of ends) {
    const said = await typed(['fetch', ...words], { ...env, PAGE_GATEWAY_ALLOW: '127.0.0.1,127.0.0.1:9' });
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.err).toMatch(pattern);
  }
});
