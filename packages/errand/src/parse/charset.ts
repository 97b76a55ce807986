// Bytes to text, by the encodings of the WHATWG standard: BOM first, then Content-Type, then what the document says of itself,
// then UTF-8. Malformed bytes become U+FFFD, as in every browser; only an encoding that cannot be undone at all is an error.
import { constants, isAscii, isUtf8, transcode } from 'node:buffer';
import { DecodeError } from '../errors.js';
import type { ContentType } from './content-type.js';
import { declaredCharset } from './prescan.js';

/**
 * The body as text, without a BOM.
 * @throws DecodeError where the charset is known and cannot be decoded.
 */
export function decodeText(bytes: Uint8Array, type: ContentType): string {
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw new DecodeError(`a text of ${bytes.length} bytes is longer than a string can be`);
  const buffer = asBuffer(bytes);
  const bom = bomOf(buffer);
  return decode(bom === undefined ? buffer : buffer.subarray(bom.length), charsetOf(buffer, type));
}

/** The encoding that the body is read in, by its name in the WHATWG standard. */
export function charsetOf(bytes: Uint8Array, { charset, markup }: ContentType): string {
  const buffer = asBuffer(bytes);
  const said = bomOf(buffer)?.encoding ?? (charset === undefined ? undefined : encodingOf(charset));
  if (said !== undefined) return said;
  const declared = markup === 'no' ? undefined : declaredCharset(buffer);
  const encoding = declared === undefined ? undefined : encodingOf(declared);
  return encoding === undefined ? 'utf-8' : insideEncoding(encoding);
}

/** The text as UTF-8: the body itself where it is that already. `text` is what {@link decodeText} made of it. */
export function utf8Of(text: string, bytes: Uint8Array, { charset }: ContentType): Uint8Array {
  const encoding =
    bomOf(asBuffer(bytes))?.encoding ?? (charset === undefined ? undefined : encodingOf(charset)) ?? 'utf-8';
  return encoding === 'utf-8' ? bytes : Buffer.from(text);
}

/** Whether the body is ASCII whatever its charset says: the cheapest text there is. */
export function isPlainText(bytes: Uint8Array, { charset }: ContentType): boolean {
  return (charset === undefined || !/16|32|2022|hz/i.test(charset)) && isAscii(bytes);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Bom {
  readonly encoding: string;
  readonly length: number;
}
const boms: readonly [Bom, Bom, Bom] = [
  { encoding: 'utf-8', length: 3 },
  { encoding: 'utf-16be', length: 2 },
  { encoding: 'utf-16le', length: 2 },
];

function bomOf(buffer: Buffer): Bom | undefined {
  const first = buffer[0];
  if (first === undefined || first < 0xef) return undefined;
  if (first === 0xef) return buffer[1] === 0xbb && buffer[2] === 0xbf ? boms[0] : undefined;
  if (first === 0xfe) return buffer[1] === 0xff ? boms[1] : undefined;
  return first === 0xff && buffer[1] === 0xfe ? boms[2] : undefined;
}

/** What a document that could be scanned byte by byte cannot be in: UTF-16 there means UTF-8 (WHATWG). */
function insideEncoding(encoding: string): string {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return 'utf-8';
  return encoding === 'x-user-defined' ? 'windows-1252' : encoding;
}

// Labels that Node's TextDecoder does not take although the standard has them.
const ownLabels: Readonly<Record<string, string>> = {
  'x-user-defined': 'x-user-defined',
  'iso-8859-16': 'iso-8859-16',
  csiso885916: 'iso-8859-16',
  'iso8859-16': 'iso-8859-16',
  iso885916: 'iso-8859-16',
};
const cannot = new Set(['replacement', 'csiso2022kr', 'hz-gb-2312', 'iso-2022-cn', 'iso-2022-cn-ext', 'iso-2022-kr']);
const remembered = new Map<string, string | undefined>();

/** The encoding's canonical name; undefined for a label that nobody knows. */
function encodingOf(label: string): string | undefined {
  if (remembered.has(label)) return remembered.get(label);
  const encoding = lookUp(label.toLowerCase());
  if (remembered.size >= 256) remembered.clear();
  if (label.length <= 64) remembered.set(label, encoding);
  return encoding;
}

function lookUp(label: string): string | undefined {
  if (label === 'utf-8' || label === 'utf8') return 'utf-8';
  if (cannot.has(label)) return 'replacement';
  const own = Object.hasOwn(ownLabels, label) ? ownLabels[label] : undefined;
  if (own !== undefined) return own;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function decode(buffer: Buffer, encoding: string): string {
  switch (encoding) {
    case 'utf-8':
      return decodeUtf8(buffer);
    case 'windows-1252':
      return decodeWindows1252(buffer);
    case 'x-user-defined':
      return mapHigh(buffer.toString('latin1'), /[\x80-\xff]/g, (code) => 0xf700 + code);
    case 'iso-8859-16':
      return mapHigh(buffer.toString('latin1'), /[\xa1-\xff]/g, (code) => latin10[code] ?? code);
    case 'replacement':
      throw new DecodeError('the charset is one that is not safe to decode (ISO-2022-KR, ISO-2022-CN or HZ)');
    default:
      return new TextDecoder(encoding, { ignoreBOM: true }).decode(buffer);
  }
}

/** Above this, finding out first what the bytes are pays. */
const worthLooking = 4096;

function decodeUtf8(buffer: Buffer): string {
  const { length } = buffer;
  if (length < worthLooking) return buffer.toString('utf8');
  if (isAscii(buffer)) return buffer.toString('latin1');
  if (length < 2 ** 21 && isUtf8(buffer)) return transcode(buffer, 'utf8', 'ucs2').toString('ucs2');
  return buffer.toString('utf8');
}

// Node 20's TextDecoder reads windows-1252 as ISO-8859-1 and loses € and its neighbours.
const windows1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
  0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
];
const latin10: Readonly<Record<number, number>> = {
  161: 0x104, 162: 0x105, 163: 0x141, 164: 0x20ac, 165: 0x201e, 166: 0x160, 168: 0x161, 170: 0x218, 172: 0x179,
  174: 0x17a, 175: 0x17b, 178: 0x10c, 179: 0x142, 180: 0x17d, 181: 0x201d, 184: 0x17e, 185: 0x10d, 186: 0x219,
  188: 0x152, 189: 0x153, 190: 0x178, 191: 0x17c, 195: 0x102, 197: 0x106, 208: 0x110, 209: 0x143, 213: 0x150,
  215: 0x15a, 216: 0x170, 221: 0x118, 222: 0x21a, 227: 0x103, 229: 0x107, 240: 0x111, 241: 0x144, 245: 0x151,
  247: 0x15b, 248: 0x171, 253: 0x119, 254: 0x21b,
}; // biome-ignore format: a table

function decodeWindows1252(buffer: Buffer): string {
  const text = buffer.toString('latin1');
  return isAscii(buffer) ? text : mapHigh(text, /[\x80-\x9f]/g, (code) => windows1252[code - 0x80] as number);
}

function mapHigh(text: string, which: RegExp, map: (code: number) => number): string {
  return text.replace(which, (char) => String.fromCharCode(map(char.charCodeAt(0))));
}
