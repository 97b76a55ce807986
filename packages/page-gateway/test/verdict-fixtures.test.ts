// Every fixture says what it is: challenges and blocks of each vendor in a strong and a weak form, and honest pages that
// look suspicious. Each is judged, and judged alike however its header names are spelled.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Answer, judge } from '../src/verdict/judge.js';

const root = fileURLToPath(new URL('fixtures/verdicts/', import.meta.url));

interface Fixture {
  readonly name: string;
  readonly expected: { readonly kind: string; readonly vendor: string | undefined; readonly retry: string };
  readonly answer: Answer;
}

function read(path: string): Fixture {
  const text = readFileSync(root + path, 'utf8');
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const take = (name: string) => {
    const at = lines.findIndex((line) => line.startsWith(`${name}: `));
    return at < 0 ? undefined : (lines.splice(at, 1)[0] as string).slice(name.length + 2);
  };
  const [kind = '', vendor = '', retry = ''] = (take('expect') ?? '').split(' ');
  const url = take('url') ?? 'https://shop.example/';
  const status = Number(take('status'));
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const body = Buffer.from(text.slice(end + 2, -1));
  const expected = { kind, vendor: vendor === '-' ? undefined : vendor, retry };
  return { name: path.replace('.txt', ''), expected, answer: { status, headers, body, url } };
}

const fixtures = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt'))
  .map((path) => read(path.replaceAll('\\', '/')));
const honest = fixtures.filter(({ name }) => name.startsWith('honest/'));
const marked = fixtures.filter(({ name }) => !name.startsWith('honest/'));

describe('marked answers', () => {
  test.each(marked)('$name', ({ answer, expected }) => {
    const verdict = judge(answer);
    expect(verdict).toMatchObject(expected);
    expect(verdict.evidence.length).toBeGreaterThan(0);
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.6);
  });

  test('each kind and each vendor of the table is there', () => {
    expect(new Set(marked.map(({ expected }) => expected.kind)).size).toBe(5);
    expect(new Set(marked.map(({ expected }) => expected.vendor)).size).toBeGreaterThanOrEqual(16);
  });
});

describe('honest answers', () => {
  test.each(honest)('$name', ({ answer }) => {
    expect(judge(answer)).toMatchObject({ kind: 'page', vendor: undefined, retry: 'never' });
  });

  test('there are many', () => expect(honest.length).toBeGreaterThanOrEqual(30));
});

test('upper-case header names are the same names', () => {
  for (const { answer, expected } of fixtures) {
    const headers = answer.headers.map(([name, value]) => [name.toUpperCase(), value] as const);
    expect(judge({ ...answer, headers })).toMatchObject({ kind: expected.kind });
  }
});

test('a document in UTF-16, or behind a BOM, is judged like any other', () => {
  for (const { name, answer, expected } of fixtures) {
    if (answer.body.length === 0 || name === 'shell/tiny') continue;
    const text = Buffer.from(answer.body).toString();
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const body of [little, big, Buffer.from(`\ufeff${text}`)]) {
      expect({ name, kind: judge({ ...answer, body }).kind }).toEqual({ name, kind: expected.kind });
    }
  }
});
