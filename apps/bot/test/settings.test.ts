import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { environment, readSettings, SettingsError } from '../src/settings.js';

const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB';

it('runs on the sandbox when nothing is set, or everything is empty', () => {
  const nothing = readSettings({});
  expect(nothing).toMatchObject({ token: undefined, register: 'global', port: undefined, pageGateway: undefined });
  expect(readSettings({ DISCORD_TOKEN: '', DISCORD_GUILDS: ' ', PORT: '', DATA_DIR: '' })).toEqual(nothing);
});

it('reads what is set', () => {
  const settings = readSettings({
    DISCORD_TOKEN: token,
    DISCORD_GUILDS: '123456789012345678, 223456789012345678',
    PORT: '0',
    DATA_DIR: '/srv/bot',
    PAGE_GATEWAY_URL: 'http://127.0.0.1:8787/',
    PAGE_GATEWAY_KEY: 'k',
  });
  expect(settings).toEqual({
    token,
    register: ['123456789012345678', '223456789012345678'],
    discordApi: undefined,
    port: 0,
    dataDir: '/srv/bot',
    pageGateway: { url: 'http://127.0.0.1:8787', key: 'k' },
  });
});

it.each([
  ['DISCORD_TOKEN', 'my secret token'],
  ['DISCORD_GUILDS', 'my server'],
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['PAGE_GATEWAY_URL', 'gateway'],
  ['DISCORD_API', 'ftp://discord.com'],
])('says in one line what is wrong with %s=%s', (name, value) => {
  const read = () => readSettings({ [name]: value });
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(new RegExp(`^${name} .*[.)a-z0-9]$`));
  if (name === 'DISCORD_TOKEN') expect(read).not.toThrow(value);
});

it('takes a .env file where there is one, under what the environment says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'errand-env-'));
  const file = join(folder, '.env');
  await writeFile(file, 'PORT=1234\nDATA_DIR="/from/file"\n');
  expect(environment(file, { DATA_DIR: '/from/environment' })).toEqual({ PORT: '1234', DATA_DIR: '/from/environment' });
  expect(environment(join(folder, 'none'), { PORT: '1' })).toEqual({ PORT: '1' });
  await rm(folder, { recursive: true });
});
