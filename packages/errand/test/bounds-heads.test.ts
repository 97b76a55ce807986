// The filter in front of the parser and the pieces behind it, by themselves: however bytes are cut up, what comes out is
// what went in, and bounds are met at the same place.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeadFilter } from '../src/transport/head-filter.js';
import { Pieces } from '../src/transport/pieces.js';

/** The bytes cut at the places, as far as there are so many. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    if (start >= bytes.length) break;
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  if (start < bytes.length) pieces.push(bytes.subarray(start));
  return pieces;
}

function filtered(pieces: readonly Buffer[], maxLength = 16_384): string {
  const filter = new HeadFilter(maxLength);
  filter.expect();
  return Buffer.concat(pieces.map((piece) => (filter.expecting ? filter.pass(piece) : piece))).toString('latin1');
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });
const fields = fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,20}$/), fc.stringMatching(/^[ -~]{0,40}$/)), {
  maxLength: 12,
});
const headOf = (status: number, list: readonly (readonly string[])[]) =>
  `HTTP/1.1 ${status} Words of it\r\n${list.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

describe('heads', () => {
  test('pass as they are, without the interim ones, however they are cut up', () => {
    const interim = fc.array(fc.tuple(fc.integer({ min: 102, max: 199 }), fields), { maxLength: 3 });
    fc.assert(
      fc.property(
        interim,
        fc.integer({ min: 200, max: 999 }),
        fields,
        fc.string(),
        sizes,
        (before, status, list, body, at) => {
          const final = `${headOf(status, list)}${body}`;
          const all = Buffer.from(before.map(([code, each]) => headOf(code, each)).join('') + final, 'latin1');
          expect(filtered(cut(all, at))).toBe(Buffer.from(final, 'latin1').toString('latin1'));
        },
      ),
    );
  });

  test('are measured as they are, however they are cut up, and bodies are not', () => {
    fc.assert(
      fc.property(fields, fc.integer({ min: 0, max: 3 }), sizes, (list, less, at) => {
        const head = headOf(200, list);
        const all = Buffer.from(`${head}${'b'.repeat(500)}`, 'latin1');
        const limit = head.length - less;
        if (less === 0) expect(filtered(cut(all, at), limit)).toHaveLength(all.length);
        else expect(() => filtered(cut(all, at), limit)).toThrow('maxHeaderSize');
      }),
    );
  });

  test('have no more than 1 000 fields, in one piece or in many', () => {
    const of = (count: number) =>
      Buffer.from(
        headOf(
          200,
          Array.from({ length: count }, () => ['a', 'b']),
        ),
      );
    for (const size of [7, 1_000, 1_000_000]) {
      const at = Array.from({ length: 2_000 }, () => size);
      expect(filtered(cut(of(1_000), at))).toHaveLength(of(1_000).length);
      expect(() => filtered(cut(of(1_001), at))).toThrow('header fields');
    }
  });

  test('without an end hold no more than a head may have', () => {
    const filter = new HeadFilter(1_000);
    filter.expect();
    expect(() => {
      for (let index = 0; index < 100; index++)
        filter.pass(Buffer.from(index === 0 ? 'HTTP/1.1 200 ' : 'a'.repeat(100)));
    }).toThrow('maxHeaderSize');
  });
});

describe('pieces', () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 1_500 }), { maxLength: 60 });

  test('join to what they were', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const gathered = new Pieces();
        for (const piece of list) gathered.push(piece);
        expect(Buffer.compare(gathered.join(), Buffer.concat(list))).toBe(0);
        expect(gathered.shift()).toBeUndefined();
      }),
    );
  });

  test('are given out in their order, while others come', () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.boolean()), (list, takes) => {
        const gathered = new Pieces();
        const out: Uint8Array[] = [];
        const take = () => {
          const piece = gathered.shift();
          if (piece !== undefined) out.push(Buffer.from(piece));
          return piece !== undefined;
        };
        list.forEach((piece, index) => {
          gathered.push(piece);
          if (takes[index] === true) take();
        });
        while (take());
        expect(Buffer.compare(Buffer.concat(out), Buffer.concat(list))).toBe(0);
      }),
    );
  });

  test('of one byte are kept together', () => {
    const gathered = new Pieces();
    for (let index = 0; index < 100_000; index++) gathered.push(Buffer.of(index & 0xff));
    let count = 0;
    while (gathered.shift() !== undefined) count++;
    expect(count).toBeLessThan(20);
  });
});
