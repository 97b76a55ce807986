// Tells Discord which commands there are, and only if it does not know them already: registering is limited to 200 a day
// for new names, and a changed command vanishes from users' lists for a moment.
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationCommandType, type Client, Routes } from 'discord.js';
import { BotError } from './bot-error.js';
import type { Command } from './command.js';
import { sameCommands } from './command-shape.js';
import { errorFacts, type Log } from './log.js';
import { refusalOf } from './refusal.js';

/** Where commands are registered. */
export type Register = 'global' | string[] | false;

export interface Registration {
  readonly client: Client<true>;
  readonly commands: readonly Command[];
  readonly where: Register;
  readonly log: Log;
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal;
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

async function registerIn(guild: string | undefined, { client, commands, log }: Registration): Promise<void> {
  const { id } = client.application;
  const route = guild === undefined ? Routes.applicationCommands(id) : Routes.applicationGuildCommands(id, guild);
  const query = new URLSearchParams({ with_localizations: 'true' });
  const existing = (await client.rest.get(route, { query })) as Array<{ type?: number }>;
  // Discord does not let a bulk update drop the entry point of an activity.
  const kept = existing.filter(({ type }) => type === ApplicationCommandType.PrimaryEntryPoint);
  const wanted = commands.map(({ data }) => data.toJSON());
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
