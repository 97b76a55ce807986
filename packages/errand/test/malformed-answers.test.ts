// Raw answers that are not, or only just, HTTP: each is read as the RFCs say or refused with an error of the family, and the
// next request on the session gets its own answer.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isFitting, type Played, play, type RawCase } from './support/malformed.js';

type Ending = Pick<RawCase, 'end' | 'split' | 'method' | 'slowRead'>;
type Row = readonly [
  name: string,
  raw: string | Buffer,
  expected: 'error' | { status?: number; body?: string },
  ending?: Partial<Ending>,
];

const ok = (body: string, status = 200) => ({ status, body });
const head = (fields: string, status = '200 OK') => `HTTP/1.1 ${status}\r\n${fields}`;
const sized = (fields = '', body = 'hello') => `${head(`${fields}Content-Length: ${body.length}\r\n`)}\r\n${body}`;
const chunked = (body: string, fields = '') => `${head(`${fields}Transfer-Encoding: chunked\r\n`)}\r\n${body}`;
const packed = (coding: string, body: Buffer) =>
  Buffer.concat([
    Buffer.from(`${head(`Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n`)}\r\n`),
    body,
  ]);
const text = 'the same words again and again '.repeat(40);
const zipped = gzipSync(text);
const line = (status: string) => `${status}\r\nContent-Length: 5\r\n\r\nhello`;

const statusLines: Row[] = [
  ['reason left out, with its space', line('HTTP/1.1 200 '), ok('hello')],
  ['reason left out', line('HTTP/1.1 200'), ok('hello')],
  ['reason in ISO-8859-1', Buffer.from(line('HTTP/1.1 200 \xdcber\xff'), 'latin1'), ok('hello')],
  ['HTTP/1.0', line('HTTP/1.0 200 OK'), ok('hello'), { end: 'close' }],
  ['status 299', line('HTTP/1.1 299 Odd'), ok('hello', 299)],
  ['status 600', line('HTTP/1.1 600 Odd'), ok('hello', 600)],
  ['status 999', line('HTTP/1.1 999 Odd'), ok('hello', 999)],
  ['empty line before it', `\r\n${line('HTTP/1.1 200 OK')}`, ok('hello')],
  ['a byte at a time', line('HTTP/1.1 200 One by one'), ok('hello'), { split: 1 }],
  ['status of two digits', line('HTTP/1.1 20 OK'), 'error'],
  ['status of four digits', line('HTTP/1.1 2001 OK'), 'error'],
  ['status that is no number', line('HTTP/1.1 2x0 OK'), 'error'],
  ['status that is negative', line('HTTP/1.1 -20 OK'), 'error'],
  ['status 000', line('HTTP/1.1 000 Nil'), 'error'],
  ['status 042', line('HTTP/1.1 042 Low'), 'error'],
  ['no status', line('HTTP/1.1 OK'), 'error'],
  ['two spaces', line('HTTP/1.1  200 OK'), 'error'],
  ['a tab for a space', line('HTTP/1.1\t200 OK'), 'error'],
  ['lower case', line('http/1.1 200 OK'), 'error'],
  ['a version of HTTP/2', line('HTTP/2 200 OK'), 'error'],
  ['HTTP/2.0', line('HTTP/2.0 200 OK'), 'error'],
  ['HTTP/0.9', line('HTTP/0.9 200 OK'), 'error'],
  ['HTTP/1.10', line('HTTP/1.10 200 OK'), 'error'],
  ['another protocol', line('RTSP/1.0 200 OK'), 'error'],
  ['a mail server', '220 mail.example ESMTP\r\n', 'error'],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.6\r\n', 'error'],
  ['a TLS record', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]), 'error'],
  ['zero bytes', Buffer.alloc(64), 'error'],
  ['a page without a head', '<!doctype html><title>old</title>', 'error'],
  ['nothing', '', 'error'],
  ['nothing, and a reset', '', 'error', { end: 'rst' }],
  ['half of it', 'HTTP/1.1 2', 'error'],
  ['no end of it', `HTTP/1.1 200 ${'a'.repeat(80_000)}`, 'error', { end: 'hold' }],
];

const heads: Row[] = [
  ['LF between fields', 'HTTP/1.1 200 OK\r\nX-A: b\nContent-Length: 5\r\n\r\nhello', 'error'],
  ['white space around a value', sized('X-A: \t  b \t \r\n'), ok('hello')],
  ['an empty value', sized('X-A:\r\n'), ok('hello')],
  [
    'names of Object.prototype',
    sized('__proto__: a\r\n__proto__: b\r\nconstructor: c\r\ntoString: d\r\n'),
    ok('hello'),
  ],
  ['a value of 15 kB', sized(`X-A: ${'a'.repeat(15_000)}\r\n`), ok('hello')],
  ['many fields of one name', sized('Set-Cookie: a=1\r\n'.repeat(200)), ok('hello')],
  ['no end', 'HTTP/1.1 200 OK\r\nX-A: b\r\n', 'error'],
  ['an end within a name', 'HTTP/1.1 200 OK\r\nX-', 'error'],
  ['no name', sized(': b\r\n'), 'error'],
  ['no colon', sized('nothing\r\n'), 'error'],
  ['a space in a name', sized('X A: b\r\n'), 'error'],
  ['a space before the colon', sized('X-A : b\r\n'), 'error'],
  ['a NUL in a name', sized('X\0A: b\r\n'), 'error'],
  ['a NUL in a value', sized('X-A: b\0c\r\n'), 'error'],
  ['a CR in a value', sized('X-A: b\rSet-Cookie: c=d\r\n'), 'error'],
  ['a folded first line', 'HTTP/1.1 200 OK\r\n X-A: b\r\nContent-Length: 5\r\n\r\nhello', 'error'],
  ['a value without an end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(200_000)}`, 'error', { end: 'hold' }],
  ['white space without an end', `HTTP/1.1 200 OK\r\nX-A:${' '.repeat(200_000)}`, 'error', { end: 'hold' }],
  ['more bytes than maxHeaderSize', sized(`${'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(800)}`), 'error'],
  ['more bytes, in fields that are empty', sized('a:\r\n'.repeat(5_000)), 'error'],
  ['more fields than 1 000', sized('a:\r\n'.repeat(1_001)), 'error'],
];

const lengths: Row[] = [
  ['zero', sized('', ''), ok('')],
  ['leading zeros', `${head('Content-Length: 00005\r\n')}\r\nhello`, ok('hello')],
  ['none: to the end of the connection', `${head('X-A: b\r\n')}\r\nhello`, ok('hello'), { end: 'close' }],
  ['none, and a reset', `${head('X-A: b\r\n')}\r\nhello`, 'error', { end: 'rst' }],
  ['too long for what comes', `${head('Content-Length: 9\r\n')}\r\nhello`, 'error', { end: 'close' }],
  ['too long, and a reset', `${head('Content-Length: 9\r\n')}\r\nhello`, 'error', { end: 'rst' }],
  ['too long, and silence', `${head('Content-Length: 9\r\n')}\r\nhello`, 'error', { end: 'hold' }],
  ...['-5', '+5', '0x5', '5.0', '5e0', 'five', '5;', '5 5', ',', '5, 6', '99999999999999999999', '٥'].map(
    (length): Row => [`'${length}'`, `${head(`Content-Length: ${length}\r\n`)}\r\nhello`, 'error', { end: 'close' }],
  ),
  ['two that differ', `${head('Content-Length: 5\r\nContent-Length: 6\r\n')}\r\nhello!`, 'error'],
  ['beside chunks', chunked('5\r\nhello\r\n0\r\n\r\n', 'Content-Length: 5\r\n'), 'error'],
];

const codings: Row[] = [
  ['chunked in capitals', `${head('Transfer-Encoding: CHUNKED\r\n')}\r\n5\r\nhello\r\n0\r\n\r\n`, ok('hello')],
  ...['chunked, chunked', 'gzip', 'chunked, gzip', 'xchunked', 'chunked;a=b'].map(
    (coding): Row => [coding, `${head(`Transfer-Encoding: ${coding}\r\n`)}\r\n5\r\nhello\r\n0\r\n\r\n`, 'error'],
  ),
];

const chunks: Row[] = [
  ['one', chunked('5\r\nhello\r\n0\r\n\r\n'), ok('hello')],
  ['a byte at a time', chunked('3\r\nhel\r\n2;x="y;z"\r\nlo\r\n0\r\nX-T: a\r\n\r\n'), ok('hello'), { split: 1 }],
  [
    'sizes in both cases',
    chunked(`a\r\n${'x'.repeat(10)}\r\nA\r\n${'y'.repeat(10)}\r\n0\r\n\r\n`),
    ok(`${'x'.repeat(10)}${'y'.repeat(10)}`),
  ],
  ['leading zeros', chunked('005\r\nhello\r\n000\r\n\r\n'), ok('hello')],
  ['extensions', chunked('5;a;b=c;d="e\\"f"\r\nhello\r\n0;g\r\n\r\n'), ok('hello')],
  ...['', 'g', '0x5', '+5', '-5', ' 5', '5_0', '5h', 'FFFFFFFFFFFFFFFFF'].map(
    (size): Row => [`size '${size}'`, chunked(`${size}\r\nhello\r\n0\r\n\r\n`), 'error', { end: 'close' }],
  ),
  ['longer than their size', chunked('4\r\nhello\r\n0\r\n\r\n'), 'error'],
  ['shorter than their size', chunked('6\r\nhello\r\n0\r\n\r\n'), 'error', { end: 'close' }],
  ['no line end behind the data', chunked('5\r\nhello0\r\n\r\n'), 'error'],
  ['LF for CR LF', chunked('5\nhello\n0\n\n'), 'error', { end: 'close' }],
  ['LF in an extension', chunked('5;a\nb\r\nhello\r\n0\r\n\r\n'), 'error'],
  ['cut in the data', chunked('5\r\nhel'), 'error', { end: 'close' }],
  ['cut behind the data', chunked('5\r\nhello\r\n'), 'error', { end: 'close' }],
  ['cut behind the last size', chunked('5\r\nhello\r\n0\r\n'), 'error', { end: 'close' }],
  ['cut, and a reset', chunked('5\r\nhel'), 'error', { end: 'rst' }],
  ['no end, and silence', chunked('5\r\nhello\r\n'), 'error', { end: 'hold' }],
  [
    'trailers without an end',
    chunked(`5\r\nhello\r\n0\r\n${'X-T: aaaaaaaa\r\n'.repeat(8_000)}`),
    'error',
    { end: 'hold' },
  ],
];

const bodiless: Row[] = [
  ['204 with a length', `${head('Content-Length: 5\r\n', '204 No Content')}\r\n`, ok('', 204)],
  ['204 with a body', `${head('Content-Length: 5\r\n', '204 No Content')}\r\nhello`, ok('', 204)],
  ['304 with a length', `${head('Content-Length: 500\r\n', '304 Not Modified')}\r\n`, ok('', 304)],
  ['304 with chunks said', `${head('Transfer-Encoding: chunked\r\n', '304 Not Modified')}\r\n`, ok('', 304)],
  ['HEAD with a length', `${head('Content-Length: 500\r\n')}\r\n`, ok(''), { method: 'HEAD' }],
  ['HEAD with chunks said', `${head('Transfer-Encoding: chunked\r\n')}\r\n`, ok(''), { method: 'HEAD' }],
  ['HEAD with a coding', `${head('Content-Encoding: gzip\r\nContent-Length: 9\r\n')}\r\n`, ok(''), { method: 'HEAD' }],
  ['HEAD with a body', sized(), ok(''), { method: 'HEAD' }],
];

const interim: Row[] = [
  ['one that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${sized()}`, ok('hello')],
  ['early hints', `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${sized()}`, ok('hello')],
  ['an unknown one', `HTTP/1.1 150 Odd\r\nX: y\r\n\r\n${sized()}`, ok('hello')],
  ['a byte at a time', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${sized()}`, ok('hello'), { split: 1 }],
  ['a hundred', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)}${sized()}`, ok('hello')],
  ['more than a hundred', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(101)}${sized()}`, 'error'],
  ['without an end', `HTTP/1.1 103 Early Hints\r\n${'Link: </a>\r\n'.repeat(3_000)}`, 'error', { end: 'hold' }],
  ['and nothing behind it', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'error', { end: 'close' }],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'error'],
];

const contents: Row[] = [
  ['gzip', packed('gzip', zipped), ok(text)],
  ['x-gzip, in capitals', packed('X-GZIP', zipped), ok(text)],
  ['deflate', packed('deflate', deflateSync(text)), ok(text)],
  ['deflate without its header', packed('deflate', deflateRawSync(text)), ok(text)],
  [
    'deflate, streamed a byte at a time',
    packed('deflate', deflateSync('hello')),
    ok('hello'),
    { split: 1, slowRead: 1 },
  ],
  ['br', packed('br', brotliCompressSync(text)), ok(text)],
  ['identity', packed('identity', Buffer.from(text)), ok(text)],
  ['three', packed('gzip, br, deflate', deflateSync(brotliCompressSync(zipped))), ok(text)],
  ['two, streamed', packed('gzip, br', brotliCompressSync(zipped)), ok(text), { slowRead: 1 }],
  ['nothing at all under gzip', packed('gzip', Buffer.alloc(0)), ok('')],
  ['four', packed('gzip, gzip, gzip, gzip', zipped), 'error'],
  ['what nobody knows is left as it came', packed('utf-8', Buffer.from(text)), ok(text)],
  ['what is not gzip', packed('gzip', Buffer.from(text)), 'error'],
  ['what is not br', packed('br', Buffer.from(text)), 'error'],
  ['gzip cut off', packed('gzip', zipped.subarray(0, -12)), 'error'],
  ['gzip cut off, streamed', packed('gzip', zipped.subarray(0, -12)), 'error', { slowRead: 1 }],
  ['gzip without its checksum', packed('gzip', zipped.subarray(0, -8)), 'error'],
  ['gzip with another checksum', packed('gzip', Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8, 1)])), 'error'],
  ['br cut off', packed('br', brotliCompressSync(text).subarray(0, -4)), 'error'],
  ['br cut off, streamed', packed('br', brotliCompressSync(text).subarray(0, -4)), 'error', { slowRead: 1 }],
  ['deflate cut off', packed('deflate', deflateSync(text).subarray(0, -6)), 'error'],
];

const more: Row[] = [
  ['a second answer to one question', `${sized()}${sized('', 'other')}`, ok('hello')],
  ['bytes behind the length', `${sized('', '')}GARBAGE`, ok('')],
  ['bytes behind the last chunk', chunked('5\r\nhello\r\n0\r\n\r\nEXTRA'), ok('hello')],
  ['a redirect without a place', sized('', 'hello').replace('200 OK', '302 Found'), ok('hello', 302)],
  ['a redirect to two places', sized('Location: /a\r\nLocation: /b\r\n').replace('200 OK', '302 Found'), 'error'],
  ['a redirect to another scheme', sized('Location: file:///etc/passwd\r\n').replace('200 OK', '302 Found'), 'error'],
  ['a redirect with half a body', `${head('Location: /x\r\nContent-Length: 99\r\n', '302 Found')}\r\nhi`, ok('followup'), { end: 'close' }],
  ['a slow reader of an answer that ends with its connection', `${head('Connection: close\r\n')}\r\n${'a'.repeat(90_000)}`, ok('a'.repeat(90_000)), { end: 'close', slowRead: 100 }],
  ['a slow reader of half an answer', `${head('Connection: close\r\nContent-Length: 99999\r\n')}\r\n${'a'.repeat(90_000)}`, 'error', { end: 'close', slowRead: 100 }],
]; // biome-ignore format: a table

const kinds = { statusLines, heads, lengths, codings, chunks, bodiless, interim, contents, more };
/** Answers whose framing is right: their connections may be kept. */
const whole = new Set(['contents', 'more']);
const limits = { timeout: { total: 8_000, headers: 1_500, idle: 1_500 } };

for (const [kind, rows] of Object.entries(kinds)) {
  describe(kind, () => {
    test.concurrent.each(rows.map((row) => ({ name: row[0], row })))('$name', async ({ row }) => {
      const [name, raw, expected, ending = {}] = row;
      const played = await play(
        {
          name,
          raw: Buffer.from(raw as string),
          end: whole.has(kind) || expected !== 'error' ? 'hold' : 'close',
          ...ending,
        },
        limits,
      );
      check(played, expected);
      expect(played.second).toBe('second');
    });
  });
}

function check(played: Played, expected: Row[2]): void {
  if (expected === 'error') {
    expect(played.outcome === 'error' ? isFitting(played.error) || played.error : played).toBe(true);
    return;
  }
  expect(played.error).toBeUndefined();
  expect({ status: played.status, body: played.body }).toEqual(expected);
}
