/**
 * What the bot is told by its environment, checked before anything starts, and the web addresses that its commands ask. It never prints
 * a value that may be secret.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** Where the commands get their facts: public APIs that need no key, or the demo web in their shape. */
export interface Endpoints {
  readonly geocoding: string;
  readonly forecast: string;
  readonly dictionary: string;
}

export const publicEndpoints: Endpoints = {
  geocoding: 'https://geocoding-api.open-meteo.com/v1/search',
  forecast: 'https://api.open-meteo.com/v1/forecast',
  dictionary: 'https://api.dictionaryapi.dev/api/v2/entries/en',
};

export const demoEndpoints = (origin: string): Endpoints => ({
  geocoding: `${origin}/v1/search`,
  forecast: `${origin}/v1/forecast`,
  dictionary: `${origin}/api/v2/entries/en`,
});

/** How often pages and feeds may be looked at, in seconds. */
export interface Intervals {
  readonly choices: ReadonlyArray<{ readonly name: string; readonly value: number }>;
  readonly standard: number;
}

export const publicIntervals: Intervals = {
  choices: [
    { name: 'Every 5 minutes', value: 300 },
    { name: 'Every 10 minutes', value: 600 },
    { name: 'Every 30 minutes', value: 1800 },
    { name: 'Every hour', value: 3600 },
    { name: 'Every 6 hours', value: 21_600 },
    { name: 'Every day', value: 86_400 },
  ],
  standard: 600,
};

/** The demo web's pages change within seconds. */
export const demoIntervals: Intervals = {
  choices: [{ name: 'Every 5 seconds', value: 5 }, ...publicIntervals.choices],
  standard: 5,
};

export interface PageGateway {
  readonly url: string;
  readonly key: string | undefined;
}

export interface Settings {
  /** Undefined: run on the sandbox, without an account. */
  readonly token: string | undefined;
  readonly register: 'global' | string[];
  /** Another address of Discord's REST: a sandbox in a process of its own, for instance. */
  readonly discordApi: string | undefined;
  /** Of the playground. Undefined: 8790 or the next free one. */
  readonly port: number | undefined;
  readonly dataDir: string;
  readonly pageGateway: PageGateway | undefined;
}

/** The bot cannot start: the message is the one line that the person who started it needs. */
export class StartError extends Error {}

/** The settings are wrong, and starting again will not help before they are changed. */
export class SettingsError extends StartError {}

/** For what rejects when a folder cannot be written to. */
export const unusable =
  (folder: string) =>
  (error: NodeJS.ErrnoException): never => {
    const reason = error.code ?? error.message;
    throw new StartError(
      `The folder ${folder} cannot be used (${reason}): set DATA_DIR to one that the bot may write to.`,
    );
  };

type Env = Readonly<Record<string, string | undefined>>;

/** The process's environment over the values of a `.env` file, where there is one in the working directory. */
export function environment(file = '.env', env: Env = process.env): Env {
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...env } : env;
}

export function readSettings(env: Env): Settings {
  const gateway = webAddress('PAGE_GATEWAY_URL', text(env.PAGE_GATEWAY_URL));
  return {
    token: readToken(text(env.DISCORD_TOKEN)),
    register: readGuilds(text(env.DISCORD_GUILDS)),
    discordApi: webAddress('DISCORD_API', text(env.DISCORD_API)),
    port: readPort(text(env.PORT)),
    dataDir: text(env.DATA_DIR) ?? fileURLToPath(new URL('../data', import.meta.url)),
    pageGateway: gateway === undefined ? undefined : { url: gateway, key: text(env.PAGE_GATEWAY_KEY) },
  };
}

/** An empty value is no value: `.env.example` is full of them. */
const text = (value: string | undefined): string | undefined => value?.trim() || undefined;

function readToken(value: string | undefined): string | undefined {
  if (value === undefined || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value) || value.startsWith('sandbox')) return value;
  throw new SettingsError(
    'DISCORD_TOKEN is not a bot token: copy it from https://discord.com/developers/applications, page "Bot", "Reset Token"; without it the bot runs on the sandbox.',
  );
}

function readGuilds(value: string | undefined): 'global' | string[] {
  if (value === undefined || value === 'global') return 'global';
  const ids = value.split(/[\s,]+/);
  if (ids.every((id) => /^\d{15,21}$/.test(id))) return ids;
  throw new SettingsError(
    `DISCORD_GUILDS is "${value}": expected server ids separated by commas (right-click a server, "Copy Server ID"), or nothing for all servers.`,
  );
}

function readPort(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port;
  throw new SettingsError(`PORT is "${value}": expected a number from 0 (any free port) to 65535.`);
}

function webAddress(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value.replace(/\/+$/, '');
  throw new SettingsError(`${name} is not a web address: expected something like http://127.0.0.1:8787`);
}
