// The file of the store: who may read it, what is said when it cannot be used, and that several processes share it.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { expect, test } from 'vitest';
import { Database } from '../src/store/database.js';
import { openStore } from '../src/store/store.js';
import { StoreError } from '../src/store/store-error.js';
import { temporaryFolder } from './support/folder.js';

const row = { hash: 'h', scopes: ['admin'], rpm: 60, concurrency: undefined, quota: 5, created: 1, revoked: undefined };

function errorOf(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return error as StoreError;
  }
  throw new Error('it did not fail');
}

test('the folder and everything in it is for its owner alone', () => {
  const folder = join(temporaryFolder(), 'a', 'data');
  using _umask = widestUmask();
  const store = openStore({ folder });
  store.keys.add({ ...row, id: 'k', name: 'n' });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const files = readdirSync(folder);
  expect(files).toContain('gateway.db');
  expect(files).toContain('gateway.db-wal');
  for (const file of files) expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  store.close();
});

function widestUmask(): Disposable {
  const before = process.umask(0);
  return { [Symbol.dispose]: () => void process.umask(before) };
}

test('a folder that was there keeps its mode', () => {
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder);
  chmodSync(folder, 0o750);
  openStore({ folder }).close();
  expect(statSync(folder).mode & 0o777).toBe(0o750);
});

test('what one process writes, another one reads at once, and it is there after closing', async () => {
  const folder = temporaryFolder();
  const one = openStore({ folder });
  const other = openStore({ folder });
  expect(other.keys.any()).toBe(false);
  expect(one.keys.add({ ...row, id: 'k', name: 'n' })).toBe(true);
  expect(other.keys.any()).toBe(true);
  expect(await other.keys.find('h')).toEqual({ ...row, id: 'k', name: 'n' });
  expect(other.keys.add({ ...row, hash: 'h2', id: 'k2', name: 'n' })).toBe(false);
  one.close();
  other.close();
  const again = openStore({ folder });
  expect(await again.keys.get('k')).toEqual({ ...row, id: 'k', name: 'n' });
  again.close();
});

test('a session is found until its time has passed', () => {
  const { sessions, close } = openStore({ folder: temporaryFolder() });
  sessions.save('one', '{"a":1}', Date.now() + 60_000);
  sessions.save('one', '{"a":2}', Date.now() + 60_000);
  sessions.save('past', '{}', Date.now() - 1);
  expect(sessions.load('one')).toBe('{"a":2}');
  expect(sessions.load('past')).toBeUndefined();
  expect(sessions.expire()).toBe(1);
  sessions.delete('one');
  expect(sessions.load('one')).toBeUndefined();
  close();
});

test('a file where the folder should be is named', () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, '');
  for (const folder of [path, join(path, 'deeper')]) {
    const error = errorOf(() => openStore({ folder }));
    expect(error.code).toBe('not_writable');
    expect(error.message).toContain(`${folder}: there is a file where the data folder should be`);
  }
});

test('a folder that cannot be written is named', () => {
  // Root may write whatever its mode says, but not where the kernel allows nobody.
  const asRoot = process.getuid?.() === 0;
  const folder = asRoot ? '/proc/self' : temporaryFolder();
  if (!asRoot) chmodSync(folder, 0o500);
  expect(errorOf(() => openStore({ folder })).message).toMatch(/cannot be written: check its owner and mode/);
});

test('a folder in the place of the file is said to be unusable', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'gateway.db'));
  expect(errorOf(() => openStore({ folder })).code).toBe('not_writable');
});

test('a damaged file is said to be damaged, and left as it is', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'gateway.db');
  writeFileSync(path, 'this was never a database. '.repeat(500));
  const before = readFileSync(path);
  const error = errorOf(() => openStore({ folder }));
  expect(error.code).toBe('corrupt');
  expect(error.message).toContain(`${path}: the file is damaged or no database`);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a file of a newer version is refused and left as it is', () => {
  const folder = temporaryFolder();
  openStore({ folder }).close();
  const file = new Sqlite(join(folder, 'gateway.db'));
  file.exec('PRAGMA user_version = 999');
  file.close();
  const error = errorOf(() => openStore({ folder }));
  expect(error.code).toBe('newer_schema');
  expect(error.message).toMatch(/made by a newer version of the page gateway \(schema 999, this one knows \d+\)/);
});

test('a full disk is said to be full, and what was there is still there', () => {
  const folder = temporaryFolder();
  const database = new Database(join(folder, 'gateway.db'));
  database.run("INSERT INTO usage (key, used) VALUES ('k', 1)");
  const pages = Number(database.get('PRAGMA page_count')?.page_count);
  database.get(`PRAGMA max_page_count = ${pages + 1}`);
  const fill = () => database.run('INSERT INTO sessions (id, state, expires) VALUES (?, ?, 1)', 's', 'x'.repeat(1e6));
  expect(errorOf(fill).code).toBe('disk_full');
  expect(errorOf(() => database.transaction(fill)).code).toBe('disk_full');
  expect(database.get('SELECT used FROM usage')?.used).toBe(1);
  database.run("UPDATE usage SET used = 2 WHERE key = 'k'");
  database.close();
});

test('a transaction that fails leaves nothing behind', () => {
  const database = new Database(join(temporaryFolder(), 'gateway.db'));
  const failing = () =>
    database.transaction(() => {
      database.run("INSERT INTO usage (key, used) VALUES ('k', 1)");
      database.transaction(() => database.run("INSERT INTO usage (key, used) VALUES ('l', 1)"));
      throw new RangeError('mine');
    });
  expect(failing).toThrow(RangeError);
  expect(database.all('SELECT * FROM usage')).toEqual([]);
  database.close();
});

test('a closed store says so, and closing twice is as good as once', () => {
  const folder = temporaryFolder();
  const store = openStore({ folder });
  store.keys.any();
  store.close();
  store.close();
  expect(errorOf(() => store.keys.any()).code).toBe('closed');
  expect(existsSync(join(folder, 'gateway.db'))).toBe(true);
});

test('copies are found, counted, forgotten when their time has passed, and the least used one is known', () => {
  const { copies, close } = openStore({ folder: temporaryFolder() });
  expect([copies.total(), copies.leastUsed(1), copies.find('a')]).toEqual([0, [], undefined]);
  copies.put({ key: 'a', bytes: 10, stored: 1, expires: 100, used: 1.5 });
  copies.put({ key: 'b', bytes: 20, stored: 1, expires: 200, used: 3 });
  copies.put({ key: 'a', bytes: 15, stored: 2, expires: 150, used: 1 });
  expect(copies.find('a')).toEqual({ key: 'a', bytes: 15, stored: 2, expires: 150, used: 1 });
  expect([copies.total(), copies.leastUsed(15), copies.expired(150)]).toEqual([35, ['a'], ['a']]);
  expect([copies.leastUsed(16), copies.leastUsed(1e9)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  copies.touch('a', 9);
  expect([copies.leastUsed(1), copies.keys()]).toEqual([['b'], ['b', 'a']]);
  copies.remove('b');
  expect(copies.total()).toBe(15);
  close();
});
