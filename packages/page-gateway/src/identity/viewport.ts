// Windows that fit their device: sizes that many people have, in CSS pixels.
import type { Identity } from '../core/identity.js';
import type { Device } from '../core/page-request.js';

type Size = readonly [width: number, height: number, scale: number];

const desktop: readonly Size[] = [
  [1920, 1080, 1],
  [1536, 864, 1.25],
  [1366, 768, 1],
  [1440, 900, 1],
  [1280, 800, 1],
  [1600, 900, 1],
];
const mac: readonly Size[] = [
  [1440, 900, 2],
  [1512, 982, 2],
  [1680, 1050, 2],
  [1728, 1117, 2],
];
const iphone: readonly Size[] = [
  [390, 844, 3],
  [393, 852, 3],
  [430, 932, 3],
  [375, 812, 3],
];
const android: readonly Size[] = [
  [412, 915, 2.625],
  [360, 800, 3],
  [384, 832, 2.8125],
  [393, 873, 2.75],
];
const ipad: readonly Size[] = [
  [820, 1180, 2],
  [834, 1194, 2],
  [768, 1024, 2],
];
const androidTablet: readonly Size[] = [
  [800, 1280, 2],
  [753, 1205, 2.125],
  [962, 1539, 1.66],
];

/** @param pick From 0 to 1. */
export function viewportFor(device: Device, platform: Identity['platform'], pick: number): Identity['viewport'] {
  const sizes = sizesOf(device, platform);
  const [width, height, scale] = sizes[Math.floor(pick * sizes.length)] ?? (sizes[0] as Size);
  return { width, height, scale };
}

function sizesOf(device: Device, platform: Identity['platform']): readonly Size[] {
  if (device === 'desktop') return platform === 'macos' ? mac : desktop;
  if (device === 'tablet') return platform === 'ios' ? ipad : androidTablet;
  return platform === 'ios' ? iphone : android;
}
