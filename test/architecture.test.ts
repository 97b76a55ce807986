// The shape of the house, held by a test: imports go down only, nothing goes in circles, `undici` stays in its room, and
// files stay short enough to be read.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [
      ...filesUnder(join(root, folder, entry.name, 'src')),
      ...filesUnder(join(root, folder, entry.name, 'page')),
    ]),
);
const errand = join(root, 'packages/errand/src');

/** Lower floors first; a file imports from its own floor or from those below. */
const floors = [['errors', 'kit'], ['core'], ['parse', 'transport', 'middleware'], ['session'], ['testing'], ['index']];

function* walk(folder: string): Generator<string> {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(folder);
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function filesUnder(folder: string): string[] {
  return [...walk(folder)];
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  for (const [, type, path, dynamic] of text.matchAll(pattern)) {
    found.push({ from: file, to: (path ?? dynamic) as string, typeOnly: type !== undefined });
  }
  return found;
}

function target({ from, to }: Import): string | undefined {
  if (!to.startsWith('.')) return undefined;
  const path = resolve(dirname(from), to);
  return [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path].find((each) => sources.includes(each));
}

function floorOf(file: string): number {
  const [room = ''] = relative(errand, file).split(sep);
  return floors.findIndex((floor) => floor.includes(room.replace(/\.ts$/, '')));
}

const insideErrand = sources.filter((file) => file.startsWith(errand + sep));

test('every file of errand stands on a floor', () => {
  expect(insideErrand.filter((file) => floorOf(file) < 0).map(short)).toEqual([]);
  expect(insideErrand.length).toBeGreaterThan(40);
});

test('imports inside errand go down', () => {
  const wrong = insideErrand.flatMap(importsOf).filter((each) => {
    const to = target(each);
    return to !== undefined && !each.typeOnly && floorOf(to) > floorOf(each.from);
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test('rooms of one floor do not know each other, nor do the features of middleware', () => {
  const roomOf = (file: string) => {
    const [room = '', feature = ''] = relative(errand, file).split(sep);
    return room === 'middleware' ? `${room}/${feature}` : room;
  };
  const wrong = insideErrand.flatMap(importsOf).filter((each) => {
    const to = target(each);
    return to !== undefined && floorOf(each.from) === 2 && floorOf(to) === 2 && roomOf(each.from) !== roomOf(to);
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test('no imports go in circles', () => {
  const edges = new Map<string, string[]>();
  for (const file of sources) {
    const values = importsOf(file).filter(({ typeOnly }) => !typeOnly);
    edges.set(
      file,
      values.map(target).filter((to) => to !== undefined),
    );
  }
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].map(short).join(' → '));
    else if (!done.has(file)) {
      for (const to of edges.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    }
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

test('undici is imported in transport/ only', () => {
  const outside = sources.flatMap(importsOf).filter(({ from, to }) => {
    return /^undici(\/|$)/.test(to) && !from.startsWith(join(errand, 'transport') + sep);
  });
  expect(outside.map(arrow)).toEqual([]);
});

test('packages know each other by their front doors only', () => {
  const packages = /^(errand|@errand\/[a-z-]+)(\/.+)?$/;
  const doors = new Set(['errand/testing']);
  const wrong = sources.flatMap(importsOf).filter(({ from, to }) => {
    const [, , inner] = packages.exec(to) ?? [];
    const up = to.startsWith('.') && !resolve(dirname(from), to).startsWith(packageOf(from) + sep);
    return up || (inner !== undefined && !doors.has(to));
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test('a file is at most 300 lines, and says in its first line what it is for', () => {
  const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
  expect(long.map(short)).toEqual([]);
  const silent = sources.filter((file) => !/^(\/\/|\/\*)/.test(readFileSync(file, 'utf8').replace(/^#!.*\n/, '')));
  expect(silent.map(short)).toEqual([]);
});

function packageOf(file: string): string {
  return join(root, ...relative(root, file).split(sep).slice(0, 2));
}

function short(file: string): string {
  return relative(root, file);
}

function arrow({ from, to }: Import): string {
  return `${short(from)} → ${to}`;
}
