/**
 * The options of a command, nested as subcommands and groups, as Discord takes them.
 */
import { type APIApplicationCommandOption, ApplicationCommandOptionType as Kind } from 'discord-api-types/v10';
import type { Field } from '../form.js';
import { tidyAny } from './parts.js';
import { readLocalizations, readName } from './text.js';

const KINDS = [
  Kind.Subcommand,
  Kind.SubcommandGroup,
  Kind.String,
  Kind.Integer,
  Kind.Boolean,
  Kind.User,
  Kind.Channel,
  Kind.Role,
  Kind.Mentionable,
  Kind.Number,
  Kind.Attachment,
] as const;
const WHOLE = 2 ** 53;
const LIST = 25;

type Level = 'command' | 'group' | 'leaf';
const isGroup = (kind: Kind | undefined) => kind === Kind.Subcommand || kind === Kind.SubcommandGroup;

export function readOptions(field: Field, slash: boolean, level: Level = 'command'): APIApplicationCommandOption[] {
  if (!slash) {
    if (field.list().length > 0)
      field.fail('APPLICATION_COMMAND_TYPE_OPTIONS_INVALID', 'Only slash commands have options');
    return [];
  }
  const fields = field.list({ max: LIST });
  const options = fields.flatMap((each) => readOption(each, level) ?? []);
  const names = new Set<string>();
  let optional = false;
  for (const [index, option] of options.entries()) {
    const place = fields[index]!;
    if (names.has(option.name))
      place.at('name').fail('APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    names.add(option.name);
    if (isGroup(option.type)) continue;
    if (option.required && optional) {
      place.fail(
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    optional ||= !option.required;
  }
  const groups = options.filter((option) => isGroup(option.type)).length;
  if (groups > 0 && groups < options.length) {
    field.fail(
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  return options;
}

function readOption(field: Field, level: Level): APIApplicationCommandOption | undefined {
  if (!field.object(true)) return undefined;
  const type = field.at('type').choice(KINDS, true);
  const name = readName(field.at('name'));
  const base = {
    type,
    name,
    name_localizations: readLocalizations(field.at('name_localizations'), readName),
    description: field.at('description').text({ min: 1, max: 100, required: true }),
    description_localizations: readLocalizations(field.at('description_localizations'), (each) =>
      each.text({ min: 1, max: 100 }),
    ),
  };
  if (type === undefined || name === undefined) return undefined;
  if (isGroup(type)) {
    const misplaced = level === 'leaf' || (level === 'group' && type === Kind.SubcommandGroup);
    if (misplaced)
      return field
        .at('type')
        .fail('APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands and groups cannot be nested here');
    const inner = type === Kind.SubcommandGroup ? 'group' : 'leaf';
    return {
      ...base,
      options: readOptions(field.at('options'), true, inner),
    } as unknown as APIApplicationCommandOption;
  }
  if (level === 'group')
    return field.at('type').fail('APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'A group holds sub-commands only');
  const required = field.at('required').flag() ?? false;
  return tidyAny({ ...base, required, ...readRules(field, type) }) as unknown as APIApplicationCommandOption;
}

function readRules(field: Field, type: Kind): Record<string, unknown> {
  switch (type) {
    case Kind.String: {
      const min_length = field.at('min_length').integer({ min: 0, max: 6_000 });
      const max_length = field.at('max_length').integer({ min: 1, max: 6_000 });
      ordered(field, 'max_length', min_length, max_length);
      return { ...readSuggestions(field, type), min_length, max_length };
    }
    case Kind.Integer:
    case Kind.Number: {
      const read = (key: string) =>
        type === Kind.Integer
          ? field.at(key).integer({ min: -WHOLE, max: WHOLE })
          : field.at(key).number({ min: -WHOLE, max: WHOLE });
      const [min_value, max_value] = [read('min_value'), read('max_value')];
      ordered(field, 'max_value', min_value, max_value);
      return { ...readSuggestions(field, type), min_value, max_value };
    }
    case Kind.Channel: {
      const kinds = field.at('channel_types');
      return { channel_types: kinds.given ? kinds.list().map((each) => each.integer({ min: 0, max: 20 })) : undefined };
    }
    default:
      return {};
  }
}

function ordered(field: Field, key: string, least: number | undefined, most: number | undefined): void {
  if (least === undefined || most === undefined || least <= most) return;
  field.at(key).fail('NUMBER_TYPE_MIN', `int value should be greater than or equal to ${least}.`);
}

/** Choices, or autocomplete; never both. */
function readSuggestions(field: Field, type: Kind): Record<string, unknown> {
  const autocomplete = field.at('autocomplete').flag() || undefined;
  const choices = readChoices(field.at('choices'), type);
  if (autocomplete && choices.length > 0) {
    field
      .at('autocomplete')
      .fail('APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES', 'Autocomplete and choices are mutually exclusive');
  }
  return { autocomplete, choices: choices.length > 0 ? choices : undefined };
}

/** Of an option, and of an autocomplete answer. */
export function readChoices(field: Field, type: Kind) {
  const names = new Set<string>();
  return field.list({ max: LIST }).flatMap((each) => {
    if (!each.object(true)) return [];
    const name = each.at('name').text({ min: 1, max: 100, required: true });
    const name_localizations = readLocalizations(each.at('name_localizations'), (text) =>
      text.text({ min: 1, max: 100 }),
    );
    const value = readValue(each.at('value'), type);
    if (name !== undefined && names.has(name)) {
      each.at('name').fail('APPLICATION_COMMAND_OPTIONS_CHOICES_NAME_ALREADY_EXISTS', 'Choice name already exists');
    }
    if (name === undefined || value === undefined) return [];
    names.add(name);
    return [{ name, ...(name_localizations ? { name_localizations } : {}), value }];
  });
}

function readValue(field: Field, type: Kind): string | number | undefined {
  if (type === Kind.Integer) return field.integer({ min: -WHOLE, max: WHOLE, required: true });
  if (type === Kind.Number) return field.number({ min: -WHOLE, max: WHOLE, required: true });
  return field.text({ max: 100, required: true, exact: true });
}
