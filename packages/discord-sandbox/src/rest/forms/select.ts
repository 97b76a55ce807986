/**
 * Select menus and, in forms, the other lists to choose from, as Discord takes them.
 */
import { ComponentType as Kind, SelectMenuDefaultValueType } from 'discord-api-types/v10';
import type { AnyComponent } from '../../world/components.js';
import type { Field } from '../form.js';
import { readEmoji, type Tally, tidy, tidyAny } from './parts.js';

const OPTIONS = 25;
const SELECTS: readonly Kind[] = [
  Kind.StringSelect,
  Kind.UserSelect,
  Kind.RoleSelect,
  Kind.MentionableSelect,
  Kind.ChannelSelect,
];
const DEFAULT_KINDS = [
  SelectMenuDefaultValueType.User,
  SelectMenuDefaultValueType.Role,
  SelectMenuDefaultValueType.Channel,
] as const;

export function isSelect(type: Kind): boolean {
  return SELECTS.includes(type);
}

export function readSelect(field: Field, base: { type: Kind; id: number }, tally: Tally): AnyComponent {
  const least = field.at('min_values').integer({ min: 0, max: OPTIONS }) ?? 1;
  const most = field.at('max_values').integer({ min: 1, max: OPTIONS }) ?? 1;
  if (least > most)
    field.at('min_values').fail('NUMBER_TYPE_MAX', `int value should be less than or equal to ${most}.`);
  const shared = {
    ...base,
    custom_id: tally.customId(field.at('custom_id')),
    placeholder: field.at('placeholder').text({ max: 150 }),
    min_values: least,
    max_values: most,
    disabled: field.at('disabled').flag() ?? false,
    required: field.at('required').flag(),
  };
  if (base.type === Kind.StringSelect)
    return tidy({ ...shared, options: readChoices(field.at('options'), OPTIONS, true) });
  return tidy({
    ...shared,
    default_values: field.at('default_values').given ? readDefaults(field.at('default_values'), most) : undefined,
    channel_types:
      base.type === Kind.ChannelSelect && field.at('channel_types').given
        ? field
            .at('channel_types')
            .list()
            .map((each) => each.integer({ min: 0 }))
        : undefined,
  });
}

/** The choices of a select menu, of radio buttons or of a group of ticks. */
export function readChoices(field: Field, most: number, emoji: boolean): Record<string, unknown>[] {
  const seen = new Set<string>();
  return field.list({ min: 1, max: most, required: true }).flatMap((option) => {
    if (!option.object(true)) return [];
    const value = option.at('value').text({ min: 1, max: 100, required: true, exact: true });
    if (value !== undefined && seen.has(value)) {
      option.at('value').fail('SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
    }
    if (value !== undefined) seen.add(value);
    return [
      tidyAny({
        label: option.at('label').text({ min: 1, max: 100, required: true }),
        value,
        description: option.at('description').text({ max: 100 }),
        emoji: emoji ? readEmoji(option.at('emoji')) : undefined,
        default: option.at('default').flag() ?? false,
      }),
    ];
  });
}

function readDefaults(field: Field, most: number): Record<string, unknown>[] {
  return field
    .list({ max: most })
    .map((each) => tidyAny({ id: each.at('id').snowflake(true), type: each.at('type').choice(DEFAULT_KINDS, true) }));
}
