/**
 * What a user typed for a command's options, turned into what Discord sends to the bot: kinds checked as Discord's own
 * client checks them, users, channels, roles and files resolved. Throws a Refusal that names the option at fault.
 */
import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType as Kind,
} from 'discord-api-types/v10';
import { badField, Refusal } from '../refusal.js';
import type { Resolver } from './resolver.js';
import type { WorldCommand } from './types.js';

export type OptionValue = string | number | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;
type DataOption = APIApplicationCommandInteractionDataOption;

export interface Invocation {
  readonly options: DataOption[];
  readonly resolved: APIInteractionDataResolved;
}

const isGroup = (option: APIApplicationCommandOption) =>
  option.type === Kind.Subcommand || option.type === Kind.SubcommandGroup;

/** The leaf that `remind add` names: its options, and the wrapping that Discord gives them. */
export interface Leaf {
  readonly options: readonly APIApplicationCommandBasicOption[];
  wrap(options: DataOption[]): DataOption[];
}

export function leafOf(command: WorldCommand, path: readonly string[]): Leaf {
  let options: readonly APIApplicationCommandOption[] = command.payload.options ?? [];
  let wrap = (inner: DataOption[]) => inner;
  for (const name of path) {
    const next = options.find((option) => isGroup(option) && option.name === name);
    if (!next) throw unknownSubcommand(command, path, options);
    const outer = wrap;
    wrap = (inner) => outer([{ name: next.name, type: next.type, options: inner } as DataOption]);
    options = 'options' in next ? (next.options ?? []) : [];
  }
  if (options.some(isGroup)) throw unknownSubcommand(command, path, options);
  return { options: options as readonly APIApplicationCommandBasicOption[], wrap };
}

export function fill(leaf: Leaf, values: OptionValues, resolver: Resolver): Invocation {
  checkNames(leaf, values);
  const filled: DataOption[] = [];
  for (const option of leaf.options) {
    const value = given(values, option.name);
    if (value !== undefined)
      filled.push({ name: option.name, type: option.type, value: accept(option, value, resolver) } as DataOption);
    else if (option.required) throw fault(option.name, 'BASE_TYPE_REQUIRED', `option "${option.name}" is required`);
  }
  return { options: leaf.wrap(filled), resolved: resolver.resolved };
}

/** For autocomplete: `focused` is as typed, whatever it is; of the others, what is good is sent along. */
export function fillPartly(
  leaf: Leaf,
  values: OptionValues,
  focused: string,
  typed: string,
  resolver: Resolver,
): Invocation {
  checkNames(leaf, { ...values, [focused]: typed });
  const filled: DataOption[] = [];
  for (const option of leaf.options) {
    const value = given(values, option.name);
    if (option.name === focused) {
      if (!('autocomplete' in option) || !option.autocomplete) {
        throw fault(focused, 'BASE_TYPE_CHOICES', `option "${focused}" has no autocomplete`);
      }
      filled.push({ name: focused, type: option.type, value: typed, focused: true } as unknown as DataOption);
    } else if (value !== undefined) {
      const good = acceptable(option, value, resolver);
      if (good !== undefined) filled.push({ name: option.name, type: option.type, value: good } as DataOption);
    }
  }
  return { options: leaf.wrap(filled), resolved: resolver.resolved };
}

function given(values: OptionValues, name: string): OptionValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function acceptable(option: APIApplicationCommandBasicOption, value: OptionValue, resolver: Resolver) {
  try {
    return accept(option, value, resolver);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function checkNames(leaf: Leaf, values: OptionValues): void {
  const known = leaf.options.map((option) => option.name);
  const stranger = Object.keys(values).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const there = known.length > 0 ? `it has: ${known.join(', ')}` : 'it has none';
  throw fault(stranger, 'BASE_TYPE_CHOICES', `the command has no option "${stranger}"; ${there}`);
}

function accept(option: APIApplicationCommandBasicOption, value: OptionValue, resolver: Resolver): OptionValue {
  switch (option.type) {
    case Kind.String:
    case Kind.Integer:
    case Kind.Number:
      return plain(option, value);
    case Kind.Boolean:
      if (value === true || value === 'true' || value === 'True') return true;
      if (value === false || value === 'false' || value === 'False') return false;
      throw fault(option.name, 'BOOLEAN_TYPE_CONVERT', `option "${option.name}" must be true or false`);
    case Kind.User:
      return resolver.user(String(value));
    case Kind.Channel:
      return resolver.channel(option.name, String(value), option.channel_types);
    case Kind.Role:
      return resolver.role(option.name, String(value));
    case Kind.Mentionable:
      return resolver.mentionable(String(value));
    case Kind.Attachment:
      return resolver.attachment(option.name, String(value));
  }
}

type PlainOption = Extract<APIApplicationCommandBasicOption, { type: Kind.String | Kind.Integer | Kind.Number }>;

function plain(option: PlainOption, value: OptionValue): OptionValue {
  const { name } = option;
  const choices = 'choices' in option ? option.choices : undefined;
  if (choices && choices.length > 0) {
    const chosen = choices.find((choice) => choice.value === value) ?? choices.find((choice) => choice.name === value);
    if (chosen) return chosen.value;
    const open = choices.map((choice) => choice.name).join(', ');
    throw fault(name, 'BASE_TYPE_CHOICES', `option "${name}" must be one of: ${open}`);
  }
  if (option.type === Kind.String) {
    const text = String(value);
    const length = [...text].length;
    const least = ('min_length' in option ? option.min_length : undefined) ?? 0;
    const most = ('max_length' in option ? option.max_length : undefined) ?? 6_000;
    if (length >= least && length <= most) return text;
    throw fault(name, 'BASE_TYPE_BAD_LENGTH', `option "${name}" must be between ${least} and ${most} characters long`);
  }
  const whole = option.type === Kind.Integer;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (typeof value === 'boolean' || !Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) {
    throw fault(name, 'NUMBER_TYPE_COERCE', `option "${name}" must be a ${whole ? 'whole ' : ''}number`);
  }
  const least = ('min_value' in option ? option.min_value : undefined) ?? -(2 ** 53);
  const most = ('max_value' in option ? option.max_value : undefined) ?? 2 ** 53;
  if (number < least) throw fault(name, 'NUMBER_TYPE_MIN', `option "${name}" must be ${least} or more`);
  if (number > most) throw fault(name, 'NUMBER_TYPE_MAX', `option "${name}" must be ${most} or less`);
  return number;
}

function fault(option: string, code: string, message: string): Refusal {
  return badField(['options', option], code, message);
}

function unknownSubcommand(
  command: WorldCommand,
  path: readonly string[],
  options: readonly APIApplicationCommandOption[],
): Refusal {
  const named = [command.payload.name, ...path].join(' ');
  const there = options.filter(isGroup).map((option) => option.name);
  const hint =
    there.length > 0 ? `after /${command.payload.name} comes one of: ${there.join(', ')}` : 'it has no subcommands';
  return new Refusal(404, 10063, `Unknown application command "/${named}": ${hint}`);
}
