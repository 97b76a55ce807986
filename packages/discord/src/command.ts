// What a command is, and what it may answer. Nothing here acts: see dispatcher.ts for how a command is run.
import type {
  APIEmbed,
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  JSONEncodable,
  SlashCommandBuilder,
} from 'discord.js';
import type { Session } from 'errand';
import { type Duration, milliseconds } from './duration.js';
import type { OptionsOf, SlashDefinition } from './slash.js';

/** One slash command. */
export interface Command {
  /** Name, description and options: a SlashCommandBuilder, or `slash()` of this package, whose options come typed. */
  data: Pick<SlashCommandBuilder, 'name' | 'toJSON'>;
  /**
   * Whether only the user sees the answer. Decided before the first byte is fetched, because Discord fixes it at the
   * acknowledgement.
   * @default false
   * @example ephemeral: true
   */
  ephemeral?: boolean;
  /**
   * How long a user waits between two uses of this command, a duration (milliseconds or '30s'). Who comes sooner gets a
   * short private answer that says so.
   * @default none
   * @example cooldown: '5s'
   */
  cooldown?: Duration;
  /**
   * How long the command may take in all, a duration. It never outlasts the 15 minutes in which Discord takes an
   * answer, less 30 seconds for giving it.
   * @default '14.5m'
   * @example deadline: '1m'
   */
  deadline?: Duration;
  /**
   * What is returned is the answer: a string, an embed, a message payload; undefined if the command answered by itself.
   * `web` is the session as this interaction sees it: its lane is the guild (outside guilds the user), its requests end
   * with the interaction's deadline and when the bot shuts down. An error thrown here becomes a short, private, polite
   * answer.
   */
  execute(interaction: ChatInputCommandInteraction, web: Session): Promise<Reply | undefined>;
  /**
   * Choices for what is being typed. Cannot be deferred: gets 1.8 s in all; on failure or lateness the list is empty;
   * more than 25 are cut to 25. A newer keystroke of the same user aborts the older request.
   */
  autocomplete?(interaction: AutocompleteInteraction, web: Session): Promise<Choice[]>;
}

/** One line of an autocomplete list. */
export interface Choice {
  name: string;
  value: string | number;
}

/** An embed as data, or anything that becomes one, such as an EmbedBuilder. */
export type EmbedLike = APIEmbed | JSONEncodable<APIEmbed>;

/** What a command may return: text, an embed, or a message payload of discord.js with files as bytes. */
export type Reply =
  | string
  | EmbedLike
  | { content?: string; embeds?: EmbedLike[]; files?: Attachment[]; [key: string]: unknown };

/** A file as bytes. Never a URL or a path: discord.js would fetch or read those by itself, without guard or limit. */
export interface Attachment {
  name: string;
  attachment: Buffer;
  contentType: string;
}

/** A command whose options come typed, read from its `slash()` definition, as a third argument. */
export interface TypedCommand<D extends SlashDefinition> extends Omit<Command, 'data' | 'execute'> {
  data: D;
  execute(interaction: ChatInputCommandInteraction, web: Session, options: OptionsOf<D>): Promise<Reply | undefined>;
}

/**
 * Says that this is a command: types for the editor, and a check when it is made instead of when it is used.
 * @example
 * export const weather = command({
 *   data: new SlashCommandBuilder().setName('weather').setDescription('The weather in a city')
 *     .addStringOption((option) => option.setName('city').setDescription('Where').setRequired(true)),
 *   async execute(interaction, web) {
 *     const city = interaction.options.getString('city', true);
 *     return fitEmbed({ title: city, description: await web.get(`https://wttr.in/${encodeURIComponent(city)}?format=3`).text() });
 *   },
 * });
 */
export function command<D extends SlashDefinition>(definition: TypedCommand<D>): Command;
export function command(definition: Command): Command;
export function command(definition: Command | TypedCommand<SlashDefinition>): Command {
  const { data } = definition;
  if (typeof data?.name !== 'string' || typeof data.toJSON !== 'function') {
    throw new TypeError(
      'command: `data` needs a name and toJSON(): give a SlashCommandBuilder on which setName() was called, or slash()',
    );
  }
  if (typeof definition.execute !== 'function') {
    throw new TypeError(`command '${data.name}': \`execute\` must be a function that answers the interaction`);
  }
  if (definition.autocomplete !== undefined && typeof definition.autocomplete !== 'function') {
    throw new TypeError(`command '${data.name}': \`autocomplete\` must be a function that gives choices`);
  }
  const { cooldown, deadline } = definition;
  if (cooldown !== undefined) milliseconds(cooldown, `command '${data.name}': cooldown`);
  if (deadline !== undefined) milliseconds(deadline, `command '${data.name}': deadline`);
  if (!('read' in data)) return definition as Command;
  const { execute, ...rest } = definition as TypedCommand<SlashDefinition>;
  return {
    ...rest,
    execute: (interaction, web) => execute.call(definition, interaction, web, data.read(interaction)),
  };
}

/** The commands by name; two of the same name are a mistake in the program. */
export function byName(commands: readonly Command[]): ReadonlyMap<string, Command> {
  if (!Array.isArray(commands)) throw new TypeError('commands: expected an array of commands');
  const map = new Map<string, Command>();
  for (const entry of commands) {
    const { name } = command(entry).data;
    if (map.has(name)) throw new TypeError(`commands: there are two commands named '${name}'; rename one of them`);
    map.set(name, entry);
  }
  return map;
}
