// What a file is, told by its first bytes. Declared types and names are hints for kinds of text only: a server or a
// user can write anything there.

/** A kind of file: its media type and the extension that goes with it. */
export interface Kind {
  readonly contentType: string;
  /** With its dot; the first one is what a new name gets, the others are right as well. */
  readonly extension: string;
  readonly also?: readonly string[];
}

interface Signature extends Kind {
  readonly at: number;
  readonly bytes: string;
  /** A second place that must fit, for containers such as RIFF. */
  readonly inner?: { readonly at: number; readonly bytes: string };
}

const signatures: readonly Signature[] = [
  { at: 0, bytes: '\x89PNG\r\n\x1a\n', contentType: 'image/png', extension: '.png', also: ['.apng'] },
  { at: 0, bytes: '\xff\xd8\xff', contentType: 'image/jpeg', extension: '.jpg', also: ['.jpeg', '.jfif'] },
  { at: 0, bytes: 'GIF87a', contentType: 'image/gif', extension: '.gif' },
  { at: 0, bytes: 'GIF89a', contentType: 'image/gif', extension: '.gif' },
  { at: 0, bytes: 'RIFF', inner: { at: 8, bytes: 'WEBP' }, contentType: 'image/webp', extension: '.webp' },
  { at: 0, bytes: 'RIFF', inner: { at: 8, bytes: 'WAVE' }, contentType: 'audio/wav', extension: '.wav' },
  { at: 0, bytes: 'RIFF', inner: { at: 8, bytes: 'AVI ' }, contentType: 'video/x-msvideo', extension: '.avi' },
  { at: 4, bytes: 'ftypavif', contentType: 'image/avif', extension: '.avif' },
  { at: 4, bytes: 'ftypavis', contentType: 'image/avif', extension: '.avif' },
  { at: 4, bytes: 'ftyphei', contentType: 'image/heic', extension: '.heic', also: ['.heif'] },
  { at: 4, bytes: 'ftypmif1', contentType: 'image/heif', extension: '.heif', also: ['.heic'] },
  { at: 4, bytes: 'ftypqt', contentType: 'video/quicktime', extension: '.mov', also: ['.qt'] },
  { at: 4, bytes: 'ftypM4A', contentType: 'audio/mp4', extension: '.m4a' },
  { at: 4, bytes: 'ftyp', contentType: 'video/mp4', extension: '.mp4', also: ['.m4v'] },
  { at: 0, bytes: '\x1aE\xdf\xa3', contentType: 'video/webm', extension: '.webm', also: ['.mkv'] },
  { at: 0, bytes: 'OggS', contentType: 'audio/ogg', extension: '.ogg', also: ['.oga', '.ogv', '.opus'] },
  { at: 0, bytes: 'fLaC', contentType: 'audio/flac', extension: '.flac' },
  { at: 0, bytes: 'ID3', contentType: 'audio/mpeg', extension: '.mp3' },
  { at: 0, bytes: '\xff\xfb', contentType: 'audio/mpeg', extension: '.mp3' },
  { at: 0, bytes: '\xff\xf3', contentType: 'audio/mpeg', extension: '.mp3' },
  { at: 0, bytes: 'BM', inner: { at: 6, bytes: '\0\0\0\0' }, contentType: 'image/bmp', extension: '.bmp' },
  { at: 0, bytes: '\0\0\x01\0', contentType: 'image/x-icon', extension: '.ico' },
  { at: 0, bytes: 'II*\0', contentType: 'image/tiff', extension: '.tiff', also: ['.tif'] },
  { at: 0, bytes: 'MM\0*', contentType: 'image/tiff', extension: '.tiff', also: ['.tif'] },
  { at: 0, bytes: '%PDF-', contentType: 'application/pdf', extension: '.pdf' },
  { at: 0, bytes: 'PK\x03\x04', contentType: 'application/zip', extension: '.zip', also: ['.docx', '.xlsx', '.pptx', '.odt', '.ods', '.epub', '.jar', '.apk'] },
  { at: 0, bytes: '\x1f\x8b', contentType: 'application/gzip', extension: '.gz', also: ['.tgz'] },
  { at: 0, bytes: '7z\xbc\xaf\x27\x1c', contentType: 'application/x-7z-compressed', extension: '.7z' },
  { at: 0, bytes: 'Rar!\x1a\x07', contentType: 'application/vnd.rar', extension: '.rar' },
  { at: 0, bytes: 'BZh', contentType: 'application/x-bzip2', extension: '.bz2' },
  { at: 0, bytes: '\xfd7zXZ\0', contentType: 'application/x-xz', extension: '.xz' },
  { at: 0, bytes: '\x28\xb5\x2f\xfd', contentType: 'application/zstd', extension: '.zst' },
  { at: 257, bytes: 'ustar', contentType: 'application/x-tar', extension: '.tar' },
  { at: 0, bytes: 'wOFF', contentType: 'font/woff', extension: '.woff' },
  { at: 0, bytes: 'wOF2', contentType: 'font/woff2', extension: '.woff2' },
  { at: 0, bytes: '\0asm', contentType: 'application/wasm', extension: '.wasm' },
  { at: 0, bytes: '\x7fELF', contentType: 'application/octet-stream', extension: '.bin', also: ['.so', '.elf'] },
  { at: 0, bytes: 'MZ', contentType: 'application/octet-stream', extension: '.bin', also: ['.exe', '.dll'] },
]; // biome-ignore format: a table

const textKinds: readonly Kind[] = [
  { contentType: 'application/json', extension: '.json' },
  { contentType: 'text/csv', extension: '.csv' },
  { contentType: 'text/markdown', extension: '.md', also: ['.markdown'] },
  { contentType: 'text/css', extension: '.css' },
  { contentType: 'text/javascript', extension: '.js', also: ['.mjs', '.cjs'] },
  { contentType: 'text/calendar', extension: '.ics' },
  { contentType: 'application/xml', extension: '.xml', also: ['.rss', '.atom', '.xsl'] },
];
const plain: Kind = {
  contentType: 'text/plain',
  extension: '.txt',
  also: ['.log', '.text', '.ini', '.yml', '.yaml', '.toml'],
};
const svg: Kind = { contentType: 'image/svg+xml', extension: '.svg' };
const html: Kind = { contentType: 'text/html', extension: '.html', also: ['.htm', '.xhtml'] };
const xml: Kind = { contentType: 'application/xml', extension: '.xml', also: ['.rss', '.atom', '.xsl'] };
const unknown: Kind = { contentType: 'application/octet-stream', extension: '.bin' };

/** The kind of these bytes. `declared`: the Content-Type that came with them, believed only between kinds of text. */
export function kindOf(bytes: Uint8Array, declared?: string | null): Kind {
  for (const signature of signatures) {
    const { inner } = signature;
    if (startsWith(bytes, signature.at, signature.bytes) && (!inner || startsWith(bytes, inner.at, inner.bytes))) {
      return signature;
    }
  }
  const text = beginningAsText(bytes);
  return text === undefined ? unknown : textKind(text, declared);
}

function startsWith(bytes: Uint8Array, at: number, signature: string): boolean {
  if (bytes.length < at + signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (bytes[at + i] !== signature.charCodeAt(i)) return false;
  }
  return true;
}

/** The beginning as UTF-8 text; undefined if it is none. */
function beginningAsText(bytes: Uint8Array): string | undefined {
  const beginning = bytes.subarray(0, 4096);
  if (beginning.includes(0)) return undefined;
  try {
    // As a stream: a character that the cut went through is not an error.
    return new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: bytes.length > beginning.length });
  } catch {
    return undefined;
  }
}

function textKind(text: string, declared: string | null | undefined): Kind {
  const start = text
    .trimStart()
    .slice(0, 1024)
    .replace(/^(?:<\?xml[^>]*>|<!--[\s\S]*?-->|\s)+/i, '')
    .toLowerCase();
  if (/^(?:<!doctype svg[^>]*>\s*)?<svg[\s>]/.test(start)) return svg;
  if (/^(?:<!doctype html|<html|<head|<body)[\s>]?/.test(start)) return html;
  if (/^\s*<\?xml/i.test(text)) return xml;
  const type = declared?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.endsWith('+json')) return textKinds[0]!;
  if (type === 'text/xml' || type.endsWith('+xml')) return xml;
  return textKinds.find((kind) => kind.contentType === type) ?? plain;
}
