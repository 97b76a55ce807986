// `keys add|list|revoke`: the secret alone on stdout, once; a table without secrets; clear words for what cannot be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Keys } from '../src/keys/keys.js';
import { openStore } from '../src/store/store.js';
import { typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';

test('a key is made with its limits, and its secret is printed alone', async () => {
  const data = temporaryFolder();
  const words = [
    'keys',
    'add',
    'crawler',
    '--rpm',
    '60',
    '--concurrency',
    '10',
    '--quota',
    '100000',
    '--scope',
    'admin,ignore-robots',
    '--data',
    data,
  ];
  const { code, out, err } = await typed(words);
  expect([code, out]).toEqual([0, expect.stringMatching(/^pgk_[\w-]{43}\n$/)]);
  expect(err).toContain('It is the first one: from now on every call needs a key.');
  const store = openStore({ folder: data });
  const keys = new Keys({ store: store.keys });
  expect(await keys.usage(await keys.identify(out.trim()))).toEqual({
    name: 'crawler',
    scopes: ['admin', 'ignore-robots'],
    quota: { limit: 100000, used: 0, remaining: 100000 },
    rate: { rpm: 60, remaining: 60 },
    concurrency: { limit: 10, inUse: 0 },
  });
  store.close();
  expect(readFileSync(join(data, 'gateway.db')).includes(out.trim())).toBe(false);
});

test('the folder may come from the environment, and scopes may be repeated', async () => {
  const env = { PAGE_GATEWAY_DATA: temporaryFolder() };
  await typed(['keys', 'add', 'with space', '--scope', 'admin', '--scope', 'ignore-robots'], env);
  const { out } = await typed(['keys', 'list', '--json'], env);
  expect(JSON.parse(out)).toMatchObject({
    name: 'with space',
    scopes: ['admin', 'ignore-robots'],
    rpm: null,
    revoked: null,
  });
});

test('keys are listed without secrets, and revoked by name or id', async () => {
  const data = temporaryFolder();
  expect(await typed(['keys', 'list', '--data', data])).toEqual({
    code: 0,
    out: '',
    err: 'There are no keys: nobody is asked for one.\n',
  });
  const secrets = [];
  for (const name of ['one', 'two']) secrets.push((await typed(['keys', 'add', name, '--data', data])).out.trim());
  const list = await typed(['keys', 'list', '--data', data]);
  expect(list.out).toMatch(/^NAME +ID +SCOPES +RPM +AT ONCE +USED +QUOTA +MADE +STATE\none +key_\w+ .* live\ntwo /);
  for (const secret of secrets) expect(list.out).not.toContain(secret);
  const id = /two +(key_\w+)/.exec(list.out)?.[1] ?? '';
  expect((await typed(['keys', 'revoke', id, '--data', data])).err).toBe(`The key "two" (${id}) is revoked.\n`);
  expect((await typed(['keys', 'revoke', 'one', '--data', data])).code).toBe(0);
  expect(await typed(['keys', 'revoke', 'one', '--data', data])).toMatchObject({
    code: 1,
    err: 'There is no live key "one": page-gateway keys list shows those there are.\n',
  });
  expect((await typed(['keys', 'list', '--data', data])).err).toBe('There are no live keys.\n');
  expect((await typed(['keys', 'list', '--all', '--data', data])).out).toMatch(/one .* revoked \d{4}-\d\d-\d\d\n/);
});

test('a name that is taken, and a folder that cannot be used, are said in one line', async () => {
  const data = temporaryFolder();
  await typed(['keys', 'add', 'one', '--data', data]);
  expect(await typed(['keys', 'add', 'one', '--data', data])).toEqual({
    code: 1,
    out: '',
    err: 'There is a key of that name: revoke "one" first, or choose another name.\n',
  });
  const file = join(data, 'file');
  writeFileSync(file, '');
  const { code, err } = await typed(['keys', 'list', '--data', file]);
  expect([code, err.split('\n').length]).toEqual([1, 2]);
  expect(err).toContain('there is a file where the data folder should be');
});
