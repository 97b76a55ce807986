// Commands on a client that somebody else leads: it listens, and nothing more. It never logs in, destroys the client, or
// closes the session.
import { type Client, Events, type Interaction } from 'discord.js';
import type { Session } from 'errand';
import type { Command } from './command.js';
import { Dispatcher } from './dispatcher.js';
import type { Duration } from './duration.js';
import { consoleLog, errorFacts, type Log } from './log.js';

/** Options of {@link handleCommands}. */
export interface HandleOptions {
  /** The session that commands fetch with. It stays yours: it is not closed. @example session: new Session() */
  session: Session;
  /** The commands to answer. Others are left to your own listeners. @example commands: [weather, status] */
  commands: Command[];
  /** The bot shows "thinking…" when a command has not answered by then; a duration. @default '1.5s' @example deferAfter: '1s' */
  deferAfter?: Duration;
  /** Where errors and warnings go; a pino logger fits. @default lines on the console @example log: pino() */
  log?: Log;
}

const finishWithin = 5_000;
const apologiseWithin = 2_000;

/**
 * Answers the commands that the client receives, for bots with a main of their own. Returns a function that stops: it
 * lets commands under way finish for 5 s, apologises for the others, and resolves when nothing listens any more. Call
 * it before `client.destroy()`.
 * @example
 * const stop = handleCommands(client, { session, commands: [weather] });
 * await client.login(token);
 * // at the end:
 * await stop(); await client.destroy(); await session.close();
 */
export function handleCommands(client: Client, options: HandleOptions): () => Promise<void> {
  const dispatcher = new Dispatcher(options);
  const detach = attach(client, dispatcher, options.log ?? consoleLog);
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= dispatcher.stop({ finish: finishWithin, apologise: apologiseWithin }).finally(detach);
    return stopped;
  };
}

/** Connects a dispatcher with a client's events; returns what takes it off again. */
export function attach(client: Client, dispatcher: Dispatcher, log: Log): () => void {
  const onInteraction = (interaction: Interaction): void => void dispatcher.accept(interaction);
  // Without a listener, one rejected async listener anywhere on the client would end the process.
  const onError = (error: unknown): void => log.error(errorFacts(error), 'the Discord client reported an error');
  client.on(Events.InteractionCreate, onInteraction);
  client.on(Events.Error, onError);
  return () => {
    client.off(Events.InteractionCreate, onInteraction);
    client.off(Events.Error, onError);
  };
}
