// What fails on the web becomes one private, polite sentence for the user and a typed error in the log.
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from 'errand';
import { expect, it } from 'vitest';
import { simple, stage, startWeb } from './bots.js';

const web = () =>
  startWeb(({ url }, response) => {
    if (url?.startsWith('/500')) response.writeHead(500).end('stack trace: secret');
    else if (url?.startsWith('/404')) response.writeHead(404).end();
    else if (url?.startsWith('/slow')) setTimeout(() => response.end('late'), 5_000).unref();
    else if (url?.startsWith('/half'))
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    else response.end('<html>not json</html>');
  });

type Fetch = (session: Session) => Promise<unknown>;

it.each<[string, (base: string) => Fetch, RegExp, Record<string, unknown>]>([
  [
    'unknown host',
    () => (s) => s.get('http://no-such-host.invalid/x').text(),
    /could not find that site/,
    { error: 'DnsError', phase: 'dns', host: 'no-such-host.invalid' },
  ],
  ['refused', () => (s) => s.get('http://127.0.0.1:1/x').text(), /./, { method: 'GET' }],
  [
    'timeout',
    (b) => (s) => s.get(`${b}/slow`, { timeout: { headers: 50 }, retry: 2 }).text(),
    /took too long/,
    { error: 'TimeoutError', phase: 'headers', attempt: expect.any(Number) },
  ],
  [
    'status 500',
    (b) => (s) => s.get(`${b}/500`, { retry: false }).text(),
    /has a problem/,
    { error: 'HttpError', status: 500, attempt: 1 },
  ],
  [
    'status 404',
    (b) => (s) => s.get(`${b}/404`).text(),
    /nothing at that address/,
    { error: 'HttpError', status: 404 },
  ],
  ['not JSON', (b) => (s) => s.get(`${b}/`).json(), /could not read/, { phase: 'body' }],
  ['cut body', (b) => (s) => s.get(`${b}/half`, { retry: false }).text(), /broke off/, { error: 'DisconnectedError' }],
  [
    'private address',
    () => (s) => s.get('http://10.0.0.1/').text(),
    /not allowed to open that address/,
    { error: 'BlockedAddressError', phase: 'guard' },
  ],
  [
    'metadata address',
    () => (s) => s.get('http://169.254.169.254/').text(),
    /not allowed/,
    { error: 'BlockedAddressError' },
  ],
  ['too large', (b) => (s) => s.get(`${b}/`, { maxBodySize: 5 }).text(), /too large/, { error: 'BodyTooLargeError' }],
  ['bad URL', () => (s) => s.get('not a url').text(), /not a web address/, { error: 'TypeError' }],
  [
    'POST',
    (b) => (s) => s.post(`${b}/500?api_key=s3cret`, { json: { a: 1 } }).text(),
    /has a problem/,
    { method: 'POST', host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
  ],
])('%s', async (_, fetching, sentence, facts) => {
  await using server = await web();
  const fetch = fetching(server.url);
  await using on = await stage([
    simple('go', async (__, session) => String(await fetch(session))),
    simple('alive', async () => 'yes'),
  ]);
  const reply = await on.sandbox.slash('go');
  expect(reply).toMatchObject({ ephemeral: true, embeds: [], content: expect.stringMatching(sentence) });
  expect(reply.content).not.toMatch(/127\.0|169\.254|10\.0|ERRAND|\n|s3cret|stack/);
  expect(reply.content.length).toBeLessThan(200);
  const [entry, ...rest] = on.log.of('error');
  expect(rest).toEqual([]);
  expect(entry?.facts).toMatchObject({
    command: 'go',
    interaction: expect.any(String),
    user: expect.any(String),
    ...facts,
  });
  expect(on.log.text).not.toMatch(/s3cret|secret/);
  expect((await on.sandbox.slash('alive')).content).toBe('yes');
});

it('speaks the language of the user', async () => {
  await using on = await stage([simple('go', async (_, session) => session.get('http://10.0.0.1/').text())]);
  const in_ = async (locale: string) => (await on.sandbox.slash('go', {}, { locale })).content;
  expect(await in_('de')).toMatch(/^Diese Adresse darf ich nicht öffnen/);
  expect(await in_('pt-BR')).toMatch(/^Não tenho permissão/);
  expect(await in_('ja')).toMatch(/^そのアドレス/);
  expect(await in_('tr')).toMatch(/^I am not allowed/);
});

it('whispers even after a public deferral', async () => {
  await using on = await stage(
    [
      simple('go', async () => {
        await delay(80);
        throw new Error('boom');
      }),
    ],
    { deferAfter: 20 },
  );
  const reply = await on.sandbox.slash('go');
  expect(reply).toMatchObject({ deferred: true, content: expect.stringMatching(/^Something went wrong/) });
  const seen = on.sandbox.messages();
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ ephemeral: true, content: reply.content });
});

it('tells of a failure after the command had answered by itself', async () => {
  await using on = await stage([
    simple('go', async (interaction) => {
      await interaction.reply('first');
      throw new Error('boom');
    }),
  ]);
  expect((await on.sandbox.slash('go')).content).toBe('first');
  await expect.poll(() => on.sandbox.messages().at(-1)).toMatchObject({ ephemeral: true });
  expect(on.sandbox.messages().map(({ content }) => content)).toEqual(['first', expect.stringMatching(/^Something/)]);
});

it('keeps secrets of unknown errors out of the log', async () => {
  const token = 'MTA1NTU1NTU1NTU1NTU1NTU1.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB';
  await using on = await stage([
    simple('go', async () => {
      throw new Error(`with ${token} and Bearer abcdefgh12345678 at https://me:pw@example.com/?api_key=k3y&q=1`);
    }),
  ]);
  await on.sandbox.slash('go');
  const [entry] = on.log.of('error');
  expect(entry?.facts.reason).toBe('with *** and Bearer *** at https://***@example.com/?api_key=***&q=1');
  expect(on.log.text).not.toMatch(/MTA1|abcdefgh1|me:pw|k3y/);
});

it('survives commands that throw at once, or throw odd things', async () => {
  await using on = await stage([
    simple('sync', (() => {
      throw new Error('sync');
    }) as never),
    simple('nothing', () => Promise.reject(undefined)),
    simple('text', () => Promise.reject('text')),
  ]);
  for (const name of ['sync', 'nothing', 'text']) {
    expect(await on.sandbox.slash(name)).toMatchObject({
      ephemeral: true,
      content: expect.stringMatching(/^Something/),
    });
  }
});
