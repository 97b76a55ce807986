// Documents that are built to be costly, and a pool under pressure: every one ends within its limits, the loop stays free,
// and the next document is converted as if nothing had been.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { PageRequest } from '../src/core/page-request.js';
import { Problem } from '../src/core/problem.js';
import { Formats, type FormatsOptions } from '../src/formats/formats.js';
import { page, request } from './formats-pages.js';

const open: Formats[] = [];
function create(options: FormatsOptions): Formats {
  const formats = new Formats({ workers: 1, ...options });
  open.push(formats);
  return formats;
}
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

const shared = new Formats({ workers: 1, timeLimit: 1_500 });
afterAll(() => shared.close());

const attributes = (count: number) => `<p ${Array.from({ length: count }, (_, index) => `a${index}=1`).join(' ')}>`;
const hostile: Array<[string, Partial<PageRequest>, () => string]> = [
  ['100 000 nested tags', { format: 'markdown' }, () => '<div>'.repeat(100_000)],
  ['600 nested tags', { format: 'text' }, () => '<div>'.repeat(600)],
  ['nesting, asked for links', { format: 'links' }, () => '<b><i>'.repeat(50_000)],
  ['nesting, asked for the envelope', { format: 'json' }, () => '<table><tr><td>'.repeat(20_000)],
  ['nesting, asked for what is selected', { targetSelector: 'p' }, () => '<span>'.repeat(100_000)],
  ['a million attributes', { format: 'text' }, () => attributes(1_000_000)],
  [
    'formatting that multiplies itself',
    { format: 'text' },
    () => '<p>'.concat(Array.from({ length: 5_000 }, (_, index) => `<b c=${index}><p>`).join('')),
  ],
  ['a quadratic selector', { format: 'text', removeSelector: 'u ~ i' }, () => '<i></i>'.repeat(60_000)],
  ['a quadratic rule', { extractRules: { a: ['u ~ i'] } }, () => '<i></i>'.repeat(60_000)],
  ['ten megabytes of tags', { format: 'markdown' }, () => '<p>x</p>'.repeat(1_250_000)],
  ['ten megabytes of tables', { format: 'markdown' }, () => `<table>${'<tr><td>a<td>b'.repeat(700_000)}`],
  ['ten megabytes for readability', { onlyMainContent: true }, () => '<p>some text, of course</p>'.repeat(400_000)],
];

test.each(hostile)('%s are refused in time, and the loop stays free', async (_, parts, build) => {
  const document = page(build());
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const started = performance.now();
  delay.enable();
  const outcome = await shared.convert(request(parts), document).catch((error: unknown) => error);
  delay.disable();
  expect(outcome).toBeInstanceOf(Problem);
  expect(outcome).toMatchObject({ code: 'unprocessable_document', status: 422 });
  expect(performance.now() - started).toBeLessThan(6_000);
  // Far more than this thread does, for machines that have no time for it; the documents take longer.
  expect(delay.max / 1e6).toBeLessThan(1_000);
  const after = await shared.convert(request({ format: 'text' }), page('<p>fine'));
  expect(Buffer.from(after.body).toString()).toBe('fine');
});

test('html of hostile documents passes, without being read as a tree', async () => {
  const deep = `<a href=x>${'<div>'.repeat(50_000)}`;
  const { body } = await shared.convert(request(), page(deep));
  expect(Buffer.from(body).toString()).toBe(`<base href="https://site.example/dir/page">${deep}`);
  const comments = '<!-- -->'.repeat(50_000);
  expect((await shared.convert(request(), page(`${comments}<html`))).body.length).toBe(comments.length + 5);
});

test('a document that takes more memory than there is ends its worker and nothing else', async () => {
  const formats = create({ memoryLimit: 48 * 1024 ** 2 });
  await expect(
    formats.convert(request({ format: 'markdown' }), page('<p>x</p>'.repeat(100_000))),
  ).rejects.toMatchObject({ code: 'unprocessable_document' });
  expect(Buffer.from((await formats.convert(request({ format: 'text' }), page('<p>fine'))).body).toString()).toBe(
    'fine',
  );
});

test('a queue that is full is overload', async () => {
  const formats = create({ queueLimit: 2 });
  const slow = request({ format: 'text' });
  const first = [1, 2, 3].map(() => formats.convert(slow, page('<p>x')));
  await expect(formats.convert(slow, page('<p>x'))).rejects.toMatchObject({ code: 'overloaded', retryAfter: 1 });
  await expect(Promise.all(first)).resolves.toHaveLength(3);
});

test('a caller who leaves ends the work, waiting or under way', async () => {
  const formats = create({});
  const costly = page('<i></i>'.repeat(60_000));
  const gone = new AbortController();
  const working = formats.convert(request({ format: 'text', removeSelector: 'u ~ i' }), costly, {
    signal: gone.signal,
  });
  const waiting = new AbortController();
  const second = formats.convert(request({ format: 'text' }), page('<p>no'), { signal: waiting.signal });
  const third = formats.convert(request({ format: 'text' }), page('<p>yes'));
  waiting.abort(new Error('second left'));
  await expect(second).rejects.toThrow('second left');
  gone.abort(new Error('first left'));
  await expect(working).rejects.toThrow('first left');
  expect(Buffer.from((await third).body).toString()).toBe('yes');
  await expect(
    formats.convert(request({ format: 'text' }), page('<p>'), { signal: AbortSignal.abort(new Error('before')) }),
  ).rejects.toThrow('before');
});

test('what is under way when the formats are closed is refused', async () => {
  const formats = create({});
  const working = formats.convert(request({ format: 'text' }), page('<p>x'));
  await Promise.all([expect(working).rejects.toMatchObject({ code: 'overloaded' }), formats.close()]);
  await expect(formats.convert(request({ format: 'text' }), page('<p>x'))).rejects.toMatchObject({
    code: 'overloaded',
  });
  await formats.close();
});

test.each([
  ['target_selector', { targetSelector: 'p[[' }],
  ['remove_selector', { removeSelector: 'p:nope(' }],
  ['extract_rules', { extractRules: { a: '[[' } }],
])('a bad %s is named, before the page is fetched and while it is read', async (parameter, parts) => {
  const matcher = { code: 'bad_parameter', message: expect.stringContaining(`${parameter}: `), members: { parameter } };
  await expect(shared.check(request(parts))).rejects.toMatchObject(matcher);
  await expect(shared.convert(request({ format: 'text', ...parts }), page('<p>x'))).rejects.toMatchObject(matcher);
  await shared.check(request({ targetSelector: 'p, a > b', removeSelector: '.x', extractRules: { a: ['b'] } }));
});

test.each([
  ['text', 'application/json'],
  ['markdown', 'image/png'],
  ['links', 'text/plain'],
  ['markdown', 'application/xml'],
] as const)('%s of %s is refused', async (format, type) => {
  await expect(shared.convert(request({ format }), page('{}', type))).rejects.toMatchObject({
    code: 'unprocessable_document',
    message: expect.stringContaining(type),
  });
  await expect(shared.convert(request({ extractRules: {} }), page('{}', 'application/pdf'))).rejects.toMatchObject({
    status: 422,
  });
  await expect(shared.convert(request({ targetSelector: 'p' }), page('{}', 'application/pdf'))).rejects.toMatchObject({
    status: 422,
  });
});

test('plain text is its own text and its own Markdown, in UTF-8', async () => {
  const plain = page(Buffer.from('<b>\xe9 *x*', 'latin1'), 'text/plain; charset=latin1');
  for (const format of ['text', 'markdown'] as const) {
    expect(Buffer.from((await shared.convert(request({ format }), plain)).body).toString()).toBe('<b>é *x*');
  }
});
