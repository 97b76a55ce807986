// `batch FILE`: what it reads, what it writes, and that it goes on where it stopped, with nothing lost or doubled.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Pace, sentence } from '../src/batch/progress.js';
import { layoutOf, readUrls } from '../src/batch/read-urls.js';
import { runBatch, type Work } from '../src/batch/run.js';
import type { ResultView } from '../src/jobs/views.js';
import { started, typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { until } from './support/jobs.js';
import { page, site } from './support/site.js';

vi.setConfig({ testTimeout: 90_000 });

interface Line {
  readonly index: number;
  readonly url: string;
  readonly ok: boolean;
  readonly body?: string;
  readonly error: { readonly code: string } | null;
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('URLs are read a line each, from CSV and from JSON lines', () => {
  const urls = ['http://a.test/', 'http://b.test/?x=1,2'];
  expect(readUrls('\uFEFF# a remark\r\nhttp://a.test/#top\r\n\r\n  http://b.test/?x=1,2  \n', 'lines')).toEqual({
    urls,
    bad: [],
  });
  const csv = 'name,URL,more\nA,http://a.test/,"two\nlines"\n"B ""b""","http://b.test/?x=1,2",\n,,\n';
  expect(readUrls(csv, 'csv')).toEqual({ urls, bad: [] });
  expect(readUrls('http://a.test/\n"http://b.test/?x=1,2"', 'csv')).toEqual({ urls, bad: [] });
  expect(readUrls('{"url": "http://a.test/", "n": 1}\n"http://b.test/?x=1,2"\n', 'jsonl')).toEqual({ urls, bad: [] });
  expect([layoutOf('a.csv', ''), layoutOf('a.ndjson', ''), layoutOf('-', '{"url"'), layoutOf('a.txt', 'http')]).toEqual(
    ['csv', 'jsonl', 'jsonl', 'lines'],
  );
});

test('what is no URL is named with its line, and without secrets', () => {
  expect(readUrls('http://a.test/\nnope\nftp://u:p@b/\n', 'lines').bad).toEqual([
    'line 2: expected an http or https URL, got "nope"',
    'line 3: expected an http or https URL, got something else',
  ]);
  expect(readUrls('{"link": 1}\n{broken\nnull\n', 'jsonl').bad).toHaveLength(3);
  expect(readUrls('url\n"http://a.test/\nrest', 'csv').bad.map((each) => each.slice(0, 7))).toEqual([
    'line 2:',
    'line 3:',
  ]);
});

test('any file is read without failing, in time that grows with its length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.constantFrom('lines', 'csv', 'jsonl'), (text, layout) => {
      const { urls } = readUrls(text, layout);
      for (const url of urls) expect(url).toMatch(/^https?:/);
    }),
  );
  const began = performance.now();
  for (const piece of ['"', ',', '"",', '\n', '"a\n']) readUrls(piece.repeat(200_000), 'csv');
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('the pages of a file are written in its order, as they were asked for', async () => {
  const { url, asked } = await site();
  const folder = temporaryFolder();
  const [file, out] = [join(folder, 'urls.csv'), join(folder, 'out.jsonl')];
  const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
  writeFileSync(file, `id,url\n${paths.map((path) => `1,${url}${path}`).join('\n')}\n`);
  const env = { PAGE_GATEWAY_ALLOW: '127.0.0.1', PAGE_GATEWAY_CHROMIUM: 'off' };
  const said = await typed(['batch', file, '-o', out, '--format', 'markdown', '--target-selector', 'h1'], env);
  expect([said.code, said.out]).toEqual([0, '']);
  expect(said.err).toMatch(/40 of 40 pages: 40 got, 0 failed, in \S+out\.jsonl\.\n$/);
  expect(linesOf(out).map(({ index, url: each, body }) => [index, each, body?.trim()])).toEqual(
    paths.map((path, index) => [index, `${url}${path}`, `# Page ${path}`]),
  );
  expect([...asked].sort()).toEqual([...paths].sort());
  expect(existsSync(`${out}.journal`)).toBe(false);
});

test('failed pages have their lines too, and the exit code says so; without --out the lines go to stdout', async () => {
  const { url } = await site((request, response) =>
    request.url === '/1' ? request.socket.destroy() : page(request, response),
  );
  const file = join(temporaryFolder(), 'urls.txt');
  writeFileSync(file, `${url}/0\nnonsense\n${url}/1\n`);
  const env = { PAGE_GATEWAY_ALLOW: '127.0.0.1', PAGE_GATEWAY_CHROMIUM: 'off' };
  const refused = await typed(['batch', file], env);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain(
    'line 2: expected an http or https URL, got "nonsense"; --skip-bad passes over such lines',
  );
  const { code, out, err } = await typed(['batch', file, '--skip-bad', '--retries', '0', '--quiet'], env);
  expect([code, err]).toEqual([1, 'Passed over: line 2: expected an http or https URL, got "nonsense"\n']);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(lines.map(({ ok, error }) => [ok, error?.code])).toEqual([
    [true, undefined],
    [false, 'upstream'],
  ]);
});

test('killed in the middle, the same command ends with every page once', async () => {
  const { url, asked } = await site((request, response) => void setTimeout(() => page(request, response), 10));
  const folder = temporaryFolder();
  const [file, out] = [join(folder, 'urls.txt'), join(folder, 'out.jsonl')];
  const total = 150;
  writeFileSync(file, Array.from({ length: total }, (_, index) => `${url}/${index}`).join('\n'));
  const words = ['batch', file, '--out', out, '--allow', '127.0.0.1', '--chromium', 'off', '--host-concurrency', '8'];
  const run = started(words);
  await until(() => expect(existsSync(out) && readFileSync(out, 'utf8').split('\n').length).toBeGreaterThan(20));
  run.child.kill('SIGKILL');
  await run.ended;
  // A line that was torn by the end of the process.
  appendFileSync(out, '{"index": 7, "url": "http:');
  const other = await typed([...words, '--format', 'text']);
  expect([other.code, other.err]).toEqual([1, expect.stringContaining('was begun with other URLs or other flags')]);
  const last = await typed(words);
  expect([last.code, last.err]).toEqual([0, expect.stringContaining('from before')]);
  expect(linesOf(out).map(({ index, ok }) => [index, ok])).toEqual(
    Array.from({ length: total }, (_, index) => [index, true]),
  );
  expect(new Set(asked).size).toBe(total);
  // At most what was under way is asked for again.
  expect(asked.length - total).toBeLessThanOrEqual(16);
});

test('the first signal stops it in good order, and the same command goes on', async () => {
  let open = false;
  const { url } = await site((request, response) => {
    if (open || Number(request.url?.slice(1)) < 5) page(request, response);
  });
  const folder = temporaryFolder();
  const [file, out] = [join(folder, 'urls.txt'), join(folder, 'out.jsonl')];
  writeFileSync(file, Array.from({ length: 10 }, (_, index) => `${url}/${index}`).join('\n'));
  const words = ['batch', file, '--out', out, '--allow', '127.0.0.1', '--chromium', 'off'];
  const run = started(words);
  await until(() => expect(existsSync(out) && linesOf(out).length).toBe(5));
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  expect(run.err()).toContain('Stopped at 5 of 10 pages: 5 got, 0 failed. The same command goes on from there.');
  open = true;
  const last = await typed(words);
  expect([last.code, last.err]).toEqual([
    0,
    expect.stringContaining('10 of 10 pages (5 from before): 10 got, 0 failed'),
  ]);
  expect(linesOf(out).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('more URLs than a job holds are several jobs, with one numbering', async () => {
  const made: string[][] = [];
  const work: Work = {
    create: async (urls) => String(made.push([...urls]) - 1),
    state: async (id) => ({ done: made[Number(id)]!.length, failed: 0 }),
    results: async (id, cursor) => {
      const urls = made[Number(id)]!;
      const results = urls
        .slice(cursor, cursor + 20_000)
        .map((url, index) => ({ index: cursor + index, url, ok: true }) as ResultView);
      return { results, next: cursor + 20_000 < urls.length ? String(cursor + 20_000) : null };
    },
    close: async () => {},
  };
  const urls = Array.from({ length: 120_000 }, (_, index) => `http://a.test/${index}`);
  const output = join(temporaryFolder(), 'out.jsonl');
  const shown: number[] = [];
  const outcome = await runBatch({
    ...{ urls, asked: {}, output, signal: new AbortController().signal },
    open: async () => work,
    progress: { show: ({ over }) => shown.push(over), stop() {} },
  });
  expect(outcome).toEqual({ total: 120_000, ok: 120_000, failed: 0, over: true, resumed: 0 });
  expect(made.map((each) => each.length)).toEqual([50_000, 50_000, 20_000]);
  expect(linesOf(output).every(({ index, url }, line) => index === line && url === urls[line])).toBe(true);
  expect(shown.at(-1)).toBe(120_000);
});

test('rate and time left are told in words', () => {
  let now = 0;
  const pace = new Pace(() => now);
  expect(sentence({ total: 100, over: 0, failed: 0 }, pace.rate(0))).toBe(
    '0/100 pages, 0 failed, - pages/s, time left unknown',
  );
  now = 2_000;
  expect(sentence({ total: 100, over: 10, failed: 1 }, pace.rate(10))).toBe(
    '10/100 pages, 1 failed, 5.0 pages/s, 18 s left',
  );
  now = 60_000;
  expect(sentence({ total: 10_000, over: 300, failed: 1 }, pace.rate(300))).toBe(
    '300/10000 pages, 1 failed, 5.0 pages/s, 33 min left',
  );
  expect(sentence({ total: 100_000, over: 300, failed: 1 }, 5)).toContain('5 h 33 min left');
  expect(sentence({ total: 300, over: 300, failed: 1 }, 50)).toContain('50 pages/s, done');
});
