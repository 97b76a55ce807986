// A slash command's definition that remembers the types of its options, which discord.js's own builder does not. It
// builds on that builder and adds no rule of its own.
import {
  type Attachment,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  SlashCommandBuilder,
  type User,
} from 'discord.js';

type Channel = NonNullable<CommandInteractionOption['channel']>;
type Role = NonNullable<CommandInteractionOption['role']>;
type Mentionable = User | Role | NonNullable<CommandInteractionOption['member']>;

/** What an option may say beside its name and description. */
export interface OptionSettings<V extends string | number = never> {
  /** Whether the command cannot be sent without it. @default false @example required: true */
  required?: boolean;
  /** The only values there are, at most 25. @default any value @example choices: [{ name: 'Celsius', value: 'c' }] */
  choices?: ReadonlyArray<{ readonly name: string; readonly value: V }>;
  /** Whether the command's `autocomplete` is asked while a user types. @default false @example autocomplete: true */
  autocomplete?: boolean;
  /** Least number, or shortest text in characters. @default none @example min: 1 */
  min?: number;
  /** Greatest number, or longest text in characters. @default none @example max: 100 */
  max?: number;
}

type Value<V, S> = S extends { required: true } ? V : V | undefined;
type Chosen<V extends string | number, S> = S extends { choices: ReadonlyArray<{ readonly value: infer C }> }
  ? C & V
  : V;
type With<O, N extends string, V> = O & { readonly [K in N]: V };

/** A definition made by {@link slash}. */
export interface SlashDefinition<O = object> {
  readonly name: string;
  toJSON: SlashCommandBuilder['toJSON'];
  /** The options of an interaction by name; undefined where one was not given. */
  read(interaction: ChatInputCommandInteraction): O;
}
/** The options that a definition reads. */
export type OptionsOf<D> = D extends SlashDefinition<infer O> ? { [K in keyof O]: O[K] } : never;

type Reader = (interaction: ChatInputCommandInteraction) => unknown;

/** @see slash */
export class Slash<O = object> implements SlashDefinition<O> {
  readonly name: string;
  readonly #builder: SlashCommandBuilder;
  readonly #readers: ReadonlyMap<string, Reader>;

  constructor(builder: SlashCommandBuilder, readers: ReadonlyMap<string, Reader>) {
    this.name = builder.name;
    this.#builder = builder;
    this.#readers = readers;
  }

  toJSON(): ReturnType<SlashCommandBuilder['toJSON']> {
    return this.#builder.toJSON();
  }

  read(interaction: ChatInputCommandInteraction): O {
    return Object.fromEntries([...this.#readers].map(([name, read]) => [name, read(interaction) ?? undefined])) as O;
  }

  /** What else discord.js's builder can say: contexts, permissions, localisations. */
  with(settings: (builder: SlashCommandBuilder) => unknown): this {
    settings(this.#builder);
    return this;
  }

  /** A text. */
  string<N extends string, const S extends OptionSettings<string>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Chosen<string, S>, S>>> {
    this.#builder.addStringOption((option) => {
      if (settings?.min !== undefined) option.setMinLength(settings.min);
      if (settings?.max !== undefined) option.setMaxLength(settings.max);
      if (settings?.choices) option.addChoices(...settings.choices);
      if (settings?.autocomplete) option.setAutocomplete(true);
      return describe(option, name, description, settings);
    });
    return this.#reading(name, ({ options }) => options.getString(name));
  }

  /** A whole number. */
  integer<N extends string, const S extends OptionSettings<number>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Chosen<number, S>, S>>> {
    this.#builder.addIntegerOption((option) => describe(bounded(option, settings), name, description, settings));
    return this.#reading(name, ({ options }) => options.getInteger(name));
  }

  /** Any number. */
  number<N extends string, const S extends OptionSettings<number>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Chosen<number, S>, S>>> {
    this.#builder.addNumberOption((option) => describe(bounded(option, settings), name, description, settings));
    return this.#reading(name, ({ options }) => options.getNumber(name));
  }

  /** Yes or no. */
  boolean<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<boolean, S>>> {
    this.#builder.addBooleanOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getBoolean(name));
  }

  /** Somebody. */
  user<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<User, S>>> {
    this.#builder.addUserOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getUser(name));
  }

  /** A channel. */
  channel<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Channel, S>>> {
    this.#builder.addChannelOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getChannel(name));
  }

  /** A role. */
  role<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Role, S>>> {
    this.#builder.addRoleOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getRole(name));
  }

  /** A user or a role. */
  mentionable<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Mentionable, S>>> {
    this.#builder.addMentionableOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getMentionable(name));
  }

  /** A file that the user uploads. */
  attachment<N extends string, const S extends Pick<OptionSettings, 'required'>>(
    name: N,
    description: string,
    settings?: S,
  ): Slash<With<O, N, Value<Attachment, S>>> {
    this.#builder.addAttachmentOption((option) => describe(option, name, description, settings));
    return this.#reading(name, ({ options }) => options.getAttachment(name));
  }

  #reading<P>(name: string, reader: Reader): Slash<P> {
    return new Slash<P>(this.#builder, new Map(this.#readers).set(name, reader));
  }
}

interface Describable {
  setName(name: string): this;
  setDescription(description: string): this;
  setRequired(required: boolean): this;
}

function describe<T extends Describable>(
  option: T,
  name: string,
  description: string,
  settings: { required?: boolean } | undefined,
): T {
  return option
    .setName(name)
    .setDescription(description)
    .setRequired(settings?.required ?? false);
}

interface Bounded {
  setMinValue(min: number): this;
  setMaxValue(max: number): this;
  setAutocomplete(on: boolean): this;
  addChoices(...choices: Array<{ name: string; value: number }>): this;
}

function bounded<T extends Bounded>(option: T, settings: OptionSettings<number> | undefined): T {
  if (settings?.min !== undefined) option.setMinValue(settings.min);
  if (settings?.max !== undefined) option.setMaxValue(settings.max);
  if (settings?.choices) option.addChoices(...settings.choices);
  if (settings?.autocomplete) option.setAutocomplete(true);
  return option;
}

/**
 * A command's definition whose options are typed: `execute` gets them as its third argument.
 * @example
 * command({
 *   data: slash('weather', 'The weather in a city').string('city', 'Where', { required: true }),
 *   execute: async (interaction, web, { city }) => `In ${city} the sun shines.`,
 * });
 */
export function slash(name: string, description: string): Slash {
  return new Slash(new SlashCommandBuilder().setName(name).setDescription(description), new Map());
}
