// Text by its charset: BOM, then Content-Type, then what the document declares, then UTF-8.
import { afterAll, describe, expect, it } from 'vitest';
import { DecodeError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const readings = createReadings();
afterAll(() => readings.close());
const text = (body: string | Buffer, type?: string) => responseOf(readings, body, type).text();
const bytes = (...values: number[]) => Buffer.from(values);

describe('the charset', () => {
  it.each([
    ['is UTF-8 where nothing is said', Buffer.from('é€😀'), undefined, 'é€😀'],
    ['is a BOM before all else', Buffer.from('\ufeffé'), 'text/plain; charset=iso-8859-1', 'é'],
    ['of a UTF-16 BOM, little-endian', Buffer.from('\ufeffé', 'utf16le'), 'text/plain', 'é'],
    ['of a UTF-16 BOM, big-endian', bytes(0xfe, 0xff, 0, 0xe9), 'text/plain', 'é'],
    ['of the Content-Type', bytes(0xe9), 'text/plain; charset=ISO-8859-1', 'é'],
    ['in quotes', bytes(0xe9), 'text/plain; charset="latin1"', 'é'],
    ['after other parameters', bytes(0xe9), 'text/plain; format=flowed; Charset=l1', 'é'],
    [
      'windows-1252, with what Node 20 loses',
      bytes(0x80, 0x99, 0x9f, 0x81, 0xe9),
      'text/plain; charset=us-ascii',
      '€™Ÿ\x81é',
    ],
    ['windows-1251', bytes(0xcf, 0xf0), 'text/plain; charset=cp1251', 'Пр'],
    ['Shift_JIS', bytes(0x93, 0xfa, 0x96, 0x7b), 'text/plain; charset=shift_jis', '日本'],
    ['GBK', bytes(0xc4, 0xe3), 'text/plain; charset=gb2312', '你'],
    ['x-user-defined', bytes(0x41, 0x80, 0xff), 'text/plain; charset=x-user-defined', 'A\uf780\uf7ff'],
    ['UTF-16 by name', Buffer.from('é', 'utf16le'), 'text/plain; charset=utf-16', 'é'],
    ['unknown, which is as if nothing were said', Buffer.from('é'), 'text/plain; charset=klingon', 'é'],
    ['empty', Buffer.from('é'), 'text/plain; charset=', 'é'],
  ])('%s', async (_, body, type, expected) => {
    expect(await text(body, type)).toBe(expected);
  });

  it('iso-8859-16, which Node does not have', async () => {
    expect(await text(bytes(0xa1, 0xa4, 0xaa, 0xe3, 0xe9), 'text/plain; charset=iso-8859-16')).toBe('Ą€Șăé');
  });

  it('that cannot be undone safely is a DecodeError', async () => {
    const error = await failure(text('x', 'text/plain; charset=iso-2022-kr'));
    expect(error).toBeInstanceOf(DecodeError);
  });

  it('malformed bytes are replaced, as in browsers', async () => {
    expect(await text(bytes(0x41, 0xff, 0x42))).toBe('A\ufffdB');
  });
});

describe('what a document declares of itself', () => {
  const e = String.fromCharCode(0xe9);
  it.each([
    ['in a meta', `<meta charset="iso-8859-1"><p>${e}`, 'text/html', 'é'],
    [
      'in the old way',
      `<META http-equiv=Content-Type content='text/html; charset=windows-1252'>${e}`,
      'text/html',
      'é',
    ],
    [
      'after comments and other tags',
      `<!doctype html><!-- <meta charset=utf-8> --><html a="<meta charset=utf-8>"><meta name=x><meta charset=latin1>${e}`,
      'text/html',
      'é',
    ],
    ['as UTF-16, which cannot be so', '<meta charset="utf-16">é', 'text/html', 'é'],
    ['in the XML declaration', `<?xml version="1.0" encoding="ISO-8859-1"?><a>${e}</a>`, 'application/xml', 'é'],
    ['without a Content-Type', `<meta charset=latin1>${e}`, undefined, 'é'],
  ])('%s', async (_, source, type, expected) => {
    const body = source.includes('utf-16') ? Buffer.from(source) : Buffer.from(source, 'latin1');
    expect(await text(body, type)).toContain(expected);
  });

  it.each([
    ['after the Content-Type', '<meta charset=latin1>é', 'text/html; charset=utf-8'],
    ['not in a comment', '<!-- <meta charset=latin1> -->é', 'text/html'],
    ['not past the first kilobyte', `${' '.repeat(1_024)}<meta charset=latin1>é`, 'text/html'],
    ['not in other types', '<meta charset=latin1>é', 'application/json'],
    ['not in a tag that has no end', `<meta charset='latin1 é`, 'text/html'],
  ])('counts %s', async (_, body, type) => {
    expect(await text(body, type)).toContain('é');
  });
});

describe('long texts', () => {
  it.each([
    ['ASCII', 'abc '.repeat(20_000)],
    ['UTF-8', 'é€😀 '.repeat(20_000)],
    ['UTF-8 that is malformed', Buffer.concat([Buffer.from('é'.repeat(5_000)), bytes(0xff)])],
    ['UTF-8 above two megabytes', 'é'.repeat(1_200_000)],
  ])('%s', async (_, body) => {
    const buffer = Buffer.from(body as string);
    expect(await text(buffer, 'text/plain')).toBe(buffer.toString());
  });

  it('a large one in another charset is decoded in a worker', async () => {
    const before = readings.offloaded;
    expect(await text(Buffer.alloc(300_000, 0x80), 'text/plain; charset=latin1')).toBe('€'.repeat(300_000));
    expect(readings.offloaded).toBe(before + 1);
  });
});
