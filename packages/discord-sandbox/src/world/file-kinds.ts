/**
 * What a file is, and how large a picture: read from its first bytes, else from its name. Reads only a few bytes at
 * known places, so that a broken or hostile file costs nothing.
 */
const BY_NAME: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/x-wav',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  pdf: 'application/pdf',
  zip: 'application/zip',
  gz: 'application/gzip',
};

const BY_BYTES: ReadonlyArray<{ at: number; bytes: string; kind: string }> = [
  { at: 0, bytes: '89504e470d0a1a0a', kind: 'image/png' },
  { at: 0, bytes: 'ffd8ff', kind: 'image/jpeg' },
  { at: 0, bytes: '474946383761', kind: 'image/gif' },
  { at: 0, bytes: '474946383961', kind: 'image/gif' },
  { at: 8, bytes: '57454250', kind: 'image/webp' },
  { at: 0, bytes: '255044462d', kind: 'application/pdf' },
];

export function kindByName(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? undefined : BY_NAME[name.slice(dot + 1).toLowerCase()];
}

export function kindByBytes(data: Buffer): string | undefined {
  return BY_BYTES.find(({ at, bytes }) => data.subarray(at, at + bytes.length / 2).toString('hex') === bytes)?.kind;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export function imageSize(data: Buffer): PictureSize | undefined {
  switch (kindByBytes(data)) {
    case 'image/png':
      return data.length < 24 ? undefined : { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
    case 'image/gif':
      return data.length < 10 ? undefined : { width: data.readUInt16LE(6), height: data.readUInt16LE(8) };
    case 'image/jpeg':
      return jpegSize(data);
    case 'image/webp':
      return webpSize(data);
    default:
      return undefined;
  }
}

function jpegSize(data: Buffer): PictureSize | undefined {
  let at = 2;
  while (at + 9 < data.length && data[at] === 0xff) {
    const marker = data[at + 1]!;
    const startsFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (startsFrame) return { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) };
    at += 2 + data.readUInt16BE(at + 2);
  }
  return undefined;
}

function webpSize(data: Buffer): PictureSize | undefined {
  if (data.length < 30) return undefined;
  switch (data.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 };
    case 'VP8 ':
      return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = data.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    default:
      return undefined;
  }
}
