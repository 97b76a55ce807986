/** What `npm start` runs: the bot on Discord where there is a token, else on a Discord of its own. It says in one line why it cannot start, and never
 *  prints a secret. */
import { BotError } from '@errand/discord';
import { runOnDiscord } from './on-discord.js';
import { runOnSandbox } from './on-sandbox.js';
import { environment, readSettings, SettingsError, StartError } from './settings.js';

/** As sysexits.h has it: starting again will not help before somebody has changed the settings. */
const badSettings = 78;

try {
  const settings = readSettings(environment());
  const { token } = settings;
  const warn = (line: string) => console.warn(`warn ${line}`);
  console.log(token === undefined ? await runOnSandbox(settings, warn) : await runOnDiscord(settings, token, warn));
} catch (error) {
  giveUp(error);
}

function giveUp(error: unknown): void {
  if (error instanceof BotError && error.code === 'BOT_STOPPED') return;
  const known = error instanceof StartError || error instanceof BotError;
  console.error(known ? error.message : error);
  const mistaken = error instanceof SettingsError || (error instanceof BotError && error.code === 'BOT_TOKEN');
  process.exitCode = mistaken ? badSettings : 1;
}
