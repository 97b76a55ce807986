// The threat model names the tests behind its claims: they must be there.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
const claims = [...document.matchAll(/`([\w-]+\.test\.ts)`((?:,? "[^"]+")*)/g)].map(([, file, titles]) => ({
  file: file as string,
  titles: [...(titles as string).matchAll(/"([^"]+)"/g)].map(([, title]) => title as string),
}));

test('the threat model names tests', () => expect(claims.length).toBeGreaterThan(30));

test.each(claims)('$file has what the threat model says', ({ file, titles }) => {
  const places = [file, `../../page-gateway/test/${file}`].map((path) => new URL(path, import.meta.url));
  const path = places.find((each) => existsSync(each));
  expect(path).toBeDefined();
  const source = readFileSync(path as URL, 'utf8');
  for (const title of titles) expect(source).toContain(title);
});
