/**
 * Small bots for the tests: a real discord.js client on a sandbox, with commands made of a name and a function.
 */
import {
  type ChatInputCommandInteraction,
  Client,
  type ClientOptions,
  Events,
  GatewayIntentBits,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { Sandbox } from '../src/index.js';

export interface Bot extends AsyncDisposable {
  readonly client: Client<true>;
  /** What went wrong in handlers, oldest first. */
  readonly errors: unknown[];
}

export type Handlers = Record<string, (interaction: ChatInputCommandInteraction) => unknown>;

/** `commands`: bodies to register; a bare name gets a description. */
export async function startBot(
  sandbox: Sandbox,
  handlers: Handlers = {},
  options: { commands?: RESTPostAPIApplicationCommandsJSONBody[] } & Partial<ClientOptions> = {},
): Promise<Bot> {
  const { commands, ...client } = options;
  const bot = new Client({ intents: [GatewayIntentBits.Guilds], ...client, rest: { ...sandbox.rest, ...client.rest } });
  const errors: unknown[] = [];
  bot.on(Events.Error, (error) => errors.push(error));
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    try {
      await handlers[interaction.commandName]?.(interaction);
    } catch (error) {
      errors.push(error);
    }
  });
  const ready = new Promise<Client<true>>((resolve) => bot.once(Events.ClientReady, resolve));
  await bot.login(sandbox.token);
  const online = await ready;
  const bodies = commands ?? Object.keys(handlers).map((name) => ({ name, description: `The command ${name}` }));
  if (bodies.length > 0) await online.application.commands.set(bodies);
  return { client: online, errors, [Symbol.asyncDispose]: () => bot.destroy() };
}

/** The next event of this name. */
export function next<T>(
  emitter: { once(event: string, listener: (value: T) => void): unknown },
  event: string,
): Promise<T> {
  return new Promise((resolve) => void emitter.once(event, resolve));
}
