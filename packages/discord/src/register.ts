// Tells Discord which commands there are, and only if it does not know them already: registering is limited to 200 a day
// for new names, and a changed command vanishes from users' lists for a moment.
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationCommandType, type Client, Routes } from 'discord.js';
import { BotError } from './bot-error.js';
import type { Command } from './command.js';
import { sameCommands } from './command-shape.js';
import { consoleLog, errorFacts, type Log } from './log.js';
import { refusalOf } from './refusal.js';

/** Where commands are registered. */
export type Register = 'global' | string[] | false;

export interface Registration {
  readonly client: Client<true>;
  readonly commands: readonly Command[];
  readonly where: Register;
  /** Whether commands that are not among these stay registered. */
  readonly keepOthers: boolean;
  readonly log: Log;
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal;
}

/** Options of {@link registerCommands}. */
export interface RegisterOptions {
  /** 'global', or guild ids. @default 'global' @example where: ['123456789012345678'] */
  where?: 'global' | string[];
  /** Where warnings go; a pino logger fits. @default lines on the console @example log: pino() */
  log?: Log;
}

/**
 * Registers those of the commands that changed, and leaves all others alone: for bots whose main, or framework, has
 * commands of its own. The client must be ready.
 * @throws BotError where Discord does not accept the definitions.
 * @example
 * client.once('clientReady', () => registerCommands(client, [weather]));
 */
export async function registerCommands(
  client: Client,
  commands: readonly Command[],
  { where = 'global', log = consoleLog }: RegisterOptions = {},
): Promise<void> {
  if (!client.isReady()) throw new TypeError('registerCommands: the client is not ready; wait for clientReady');
  const places = where === 'global' ? [undefined] : where;
  const { signal } = new AbortController();
  for (const guild of places) {
    try {
      await registerIn(guild, { client, commands, where, keepOthers: true, log, signal });
    } catch (error) {
      throw refusalOf(error) === 'transient' ? error : refused(guild, error);
    }
  }
}

/**
 * Registers what changed. Where Discord is troubled it goes on trying in the background, since a bot can answer commands
 * that were registered before.
 * @throws BotError where Discord does not accept the definitions.
 */
export async function register(registration: Registration): Promise<void> {
  const { client, where, log } = registration;
  // Of the processes of a sharded bot one is enough.
  if (where === false || (client.shard && !client.shard.ids.includes(0))) return;
  const places = where === 'global' ? [undefined] : where;
  for (const guild of places) {
    try {
      await registerIn(guild, registration);
    } catch (error) {
      if (refusalOf(error) !== 'transient') throw refused(guild, error);
      log.warn({ guild, ...errorFacts(error) }, 'commands could not be registered yet; trying again in the background');
      void keepTrying(guild, registration);
    }
  }
}

async function registerIn(guild: string | undefined, registration: Registration): Promise<void> {
  const { client, commands, keepOthers, log } = registration;
  const { id } = client.application;
  const route = guild === undefined ? Routes.applicationCommands(id) : Routes.applicationGuildCommands(id, guild);
  const query = new URLSearchParams({ with_localizations: 'true' });
  const existing = (await client.rest.get(route, { query })) as Array<{ type?: number }>;
  // Discord does not let a bulk update drop the entry point of an activity.
  const kept = existing.filter(({ type }) => type === ApplicationCommandType.PrimaryEntryPoint);
  const wanted = commands.map(({ data }) => data.toJSON());
  if (keepOthers) {
    const changed = wanted.filter((command) => !existing.some((known) => sameCommands([command], [known])));
    for (const body of changed) await client.rest.post(route, { body });
    if (changed.length > 0) log.info({ guild, commands: changed.length }, 'commands registered');
    return;
  }
  const ours = existing.filter((command) => !kept.includes(command));
  if (sameCommands(wanted, ours)) return;
  await client.rest.put(route, { body: [...wanted, ...kept] });
  log.info({ guild, commands: wanted.length }, 'commands registered');
}

async function keepTrying(guild: string | undefined, registration: Registration): Promise<void> {
  const { log, signal } = registration;
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 60_000)) {
    try {
      await delay(wait, undefined, { signal });
      await registerIn(guild, registration);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (refusalOf(error) === 'transient') continue;
      log.error({ guild, ...errorFacts(error) }, refused(guild, error).message);
      return;
    }
  }
}

function refused(guild: string | undefined, error: unknown): BotError {
  const place = guild === undefined ? '' : ` in guild ${guild}`;
  const reason = error instanceof Error ? error.message : String(error);
  const advice =
    refusalOf(error) === 'forbidden' || refusalOf(error) === 'gone'
      ? 'invite the bot with the scope applications.commands, and check the guild id'
      : 'mend the definition that it names';
  return new BotError('BOT_REGISTER', `Discord did not accept the commands${place}: ${reason}; ${advice}`, error);
}
