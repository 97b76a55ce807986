// Which Content-Types are read as JSON: those that say so, those that say nothing, and never a page.
import { afterAll, describe, expect, it } from 'vitest';
import { ContentTypeError, ParseError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const readings = createReadings();
afterAll(() => readings.close());
const read = (body: string, type?: string) => responseOf(readings, body, type).json();

it.each([
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/problem+json',
  'application/vnd.api+json;v=1',
  'text/json',
  undefined,
  'text/plain',
  'text/plain; charset=utf-8',
  'application/octet-stream',
  'text/javascript; charset=utf-8',
])('%s is read', async (type) => {
  expect(await read('{"a":1}', type)).toEqual({ a: 1 });
});

describe('a ContentTypeError', () => {
  it.each(['text/html; charset=utf-8', 'application/xml', 'image/png', 'application/x-ndjson'])(
    '%s, whatever the body',
    async (type) => {
      for (const body of ['{"a":1}', '<p>', '']) {
        const error = (await failure(read(body, type))) as ContentTypeError;
        expect(error).toBeInstanceOf(ContentTypeError);
        expect(error).toMatchObject({ code: 'ERRAND_CONTENT_TYPE', expected: 'application/json', actual: type });
        expect(error.message).toContain(type);
      }
    },
  );

  it.each(['text/plain', 'application/octet-stream'])(
    '%s that is no JSON, with what is wrong as its cause',
    async (type) => {
      const error = (await failure(read('hello', type))) as ContentTypeError;
      expect(error).toBeInstanceOf(ContentTypeError);
      expect(error.cause).toBeInstanceOf(ParseError);
    },
  );

  it('but without a Content-Type it is a ParseError', async () => {
    expect(await failure(read('hello'))).toBeInstanceOf(ParseError);
  });
});
