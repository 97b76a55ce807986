// The list of proxies: what a line may say, and what is said of one that cannot be read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadProxies, parseProxies } from '../src/proxies/parse.js';

test('a URL a line, labels, remarks, empty lines', () => {
  const text = `\uFEFF# ours
http://me:se%23cret@One.example:3128  Country=DE pool=Premium id=De-1  # the first

https://two.example country=us\r
socks5://[::1]:1081
socks5h://three.example
four.example:8080
http://user-1:a@three.example
http://user-2:b@three.example`;
  const proxies = parseProxies(text, 'list');
  expect(proxies.map(({ id, shown, country, pool }) => [id, shown, country, pool])).toEqual([
    ['De-1', 'http://one.example:3128', 'de', 'premium'],
    ['https-two.example:443', 'https://two.example:443', 'us', undefined],
    ['socks5-[::1]:1081', 'socks5://[::1]:1081', undefined, undefined],
    ['socks5h-three.example:1080', 'socks5h://three.example:1080', undefined, undefined],
    ['http-four.example:8080', 'http://four.example:8080', undefined, undefined],
    ['http-three.example:80', 'http://three.example:80', undefined, undefined],
    ['http-three.example:80-2', 'http://three.example:80', undefined, undefined],
  ]);
  expect(proxies[0]).toMatchObject({
    url: 'http://me:se%23cret@One.example:3128',
    labels: { country: 'de', pool: 'premium', id: 'De-1' },
  });
});

test.each([
  ['ftp://host:21', /list:1: expected a proxy such as .*'ftp:\/\/host:21'/],
  ['http://me:secret@', /list:1: expected a proxy such as (?!.*secret)/],
  ['http://host/path', /list:1/],
  ['\nhttp://host de', /list:2: expected labels such as country=de after the URL, got 'de'/],
  ['http://host country=de country=us', /list:1: the label 'country' is there twice/],
  ['http://a id=x\nhttp://b id=x', /list:2: there is a proxy with the id 'x' already/],
])('%j', (text, message) => {
  expect(() => parseProxies(text, 'list')).toThrow(message);
});

test('from a file, from a list, from one line of text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'proxies.txt');
  writeFileSync(file, 'http://a:1 id=a\nhttp://b:1 id=b\n');
  const ids = async (source: string | string[]) => (await loadProxies(source)).map(({ id }) => id);
  expect(await ids(file)).toEqual(['a', 'b']);
  expect(await ids(['http://a:1 id=a', 'http://b:1 id=b'])).toEqual(['a', 'b']);
  expect(await ids('http://a:1 id=a, socks5://b:1 id=b')).toEqual(['a', 'b']);
  await expect(loadProxies(join(folder, 'none'))).rejects.toThrow(/there is no such file/);
  writeFileSync(file, 'http://a:1\nnonsense label\n');
  await expect(loadProxies(file)).rejects.toThrow(`${file}:2`);
});
