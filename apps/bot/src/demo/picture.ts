/** Draws a small landscape as a PNG, the same for the same name. It knows only pixels: no files, no fonts, no HTTP. */
import { deflateSync } from 'node:zlib';

type Colour = readonly [number, number, number];

const width = 640;
const height = 336;

export function drawLandscape(name: string): Buffer {
  const seed = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  const hue = 195 + (seed % 55);
  const top = colour(hue, 0.55, 0.42);
  const low = colour(20 + (seed % 25), 0.85, 0.84);
  const sun = { x: 120 + (seed % 400), y: 90 + ((seed >>> 4) % 50), radius: 34, colour: colour(48, 0.95, 0.86) };
  const hills = [0, 1, 2].map((row) => ({
    base: 190 + row * 45,
    swing: 26 - row * 5,
    pace: 0.008 + row * 0.004 + (seed % 7) / 3000,
    colour: colour((hue + 20) % 360, 0.28, 0.44 - row * 0.12),
  }));
  const pixels = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    const line = y * (1 + width * 3) + 1;
    const sky = blend(top, low, y / height);
    for (let x = 0; x < width; x += 1) {
      let pixel = blend(sun.colour, sky, Math.min(1, Math.max(0, Math.hypot(x - sun.x, y - sun.y) - sun.radius)));
      for (const [row, hill] of hills.entries()) {
        if (y > hill.base + hill.swing * Math.sin(x * hill.pace + seed + row)) pixel = hill.colour;
      }
      pixels.set(pixel, line + x * 3);
    }
  }
  return png(pixels);
}

function png(scanlines: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8); // eight bits a channel, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function colour(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const turn = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

function blend(from: Colour, to: Colour, share: number): Colour {
  const mix = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [mix(0), mix(1), mix(2)];
}
