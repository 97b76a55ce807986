// Whatever a caller writes, it becomes a request or a problem that names a parameter, in little time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import { describeParameters, keyParameters } from '../src/parameters/describe.js';
import { readPageRequest } from '../src/parameters/read.js';

const names = [...describeParameters().flatMap(({ name, aliases }) => [name, ...aliases]), ...keyParameters];
const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() });
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '0',
    '1',
    'true',
    'auto',
    '30s',
    '-1',
    '1e9',
    'NaN',
    'null',
    '[]',
    '{}',
    '[{}]',
    'https://a.example/',
  ),
  fc.json(),
);

function outcome(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    const { code, message, members } = error as Problem;
    expect(code).toBe('bad_parameter');
    expect(typeof members.parameter).toBe('string');
    expect(message.length).toBeLessThan(600);
    expect(message).not.toMatch(/[\x00-\x1f\x7f]/);
  }
}

test('of text in the query and in headers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, text), { maxLength: 6 }),
      fc.array(fc.tuple(name, text), { maxLength: 3 }),
      (query, headers) => {
        const given = headers.map(([name, value]) => [`x-gateway-${name.toLowerCase()}`, value] as const);
        outcome(() =>
          readPageRequest({
            query: new URLSearchParams([['url', 'https://a.example/'], ...query]),
            headers: Object.fromEntries(given),
          }),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test('of any value in a JSON body', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.jsonValue()), { maxLength: 6 }), (fields) => {
      outcome(() => readPageRequest({ fields: Object.fromEntries([['url', 'https://a.example/'], ...fields]) }));
    }),
    { numRuns: 2000 },
  );
});

test.each(describeParameters().map(({ name }) => name))(
  '%s takes half a megabyte of nonsense without delay',
  (name) => {
    const began = performance.now();
    for (const piece of ['a', '[', '{"a":', ' ', ';', 'a=', '%', '-', '9', ',']) {
      const value = piece.repeat(500_000 / piece.length);
      outcome(() =>
        readPageRequest({ fields: name === 'url' ? { url: value } : { url: 'https://a.example/', [name]: value } }),
      );
    }
    expect(performance.now() - began).toBeLessThan(5000);
  },
);
