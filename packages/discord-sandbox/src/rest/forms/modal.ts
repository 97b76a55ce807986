/**
 * The form that a bot opens: a title and up to five fields, as Discord takes them.
 */
import {
  type APIModalInteractionResponseCallbackData,
  ComponentType as Kind,
  TextInputStyle,
} from 'discord-api-types/v10';
import type { AnyComponent } from '../../world/components.js';
import type { Field } from '../form.js';
import { readComponent } from './component.js';
import { Tally, tidy, tidyAny } from './parts.js';
import { isSelect, readChoices, readSelect } from './select.js';

const FIELDS = 5;
const LABELLED = [
  Kind.TextInput,
  Kind.StringSelect,
  Kind.UserSelect,
  Kind.RoleSelect,
  Kind.MentionableSelect,
  Kind.ChannelSelect,
  Kind.FileUpload,
  Kind.RadioGroup,
  Kind.CheckboxGroup,
  Kind.Checkbox,
] as const;

export function readModal(field: Field): APIModalInteractionResponseCallbackData | undefined {
  if (!field.object(true)) return undefined;
  const tally = new Tally();
  const custom_id = field.at('custom_id').text({ min: 1, max: 100, required: true, exact: true });
  const title = field.at('title').text({ min: 1, max: 45, required: true });
  const components = field
    .at('components')
    .list({ min: 1, max: FIELDS, required: true })
    .flatMap((each) => readLine(each, tally) ?? []);
  return { custom_id, title, components } as unknown as APIModalInteractionResponseCallbackData;
}

function readLine(field: Field, tally: Tally): AnyComponent | undefined {
  if (!field.object(true)) return undefined;
  const type = field.at('type').choice([Kind.ActionRow, Kind.Label, Kind.TextDisplay], true);
  if (type === Kind.TextDisplay) return readComponent(field, [Kind.TextDisplay], tally);
  if (type === undefined) return undefined;
  const base = tally.begin(field, type);
  if (type === Kind.ActionRow) {
    const [only] = field.at('components').list({ min: 1, max: 1, required: true });
    const inner = only?.object(true) && only.at('type').choice([Kind.TextInput], true);
    return inner ? { ...base, components: [readTextInput(only!, tally.begin(only!, inner), tally, true)] } : undefined;
  }
  const inner = field.at('component');
  return tidy({
    ...base,
    label: field.at('label').text({ min: 1, max: 45, required: true }),
    description: field.at('description').text({ max: 100 }),
    component: inner.object(true) ? readLabelled(inner, tally) : undefined,
  });
}

function readLabelled(field: Field, tally: Tally): AnyComponent | undefined {
  const type = field.at('type').choice(LABELLED, true);
  if (type === undefined) return undefined;
  const base = tally.begin(field, type);
  if (isSelect(type)) return readSelect(field, base, tally);
  if (type === Kind.TextInput) return readTextInput(field, base, tally, false);
  const named = { ...base, custom_id: tally.customId(field.at('custom_id')), required: field.at('required').flag() };
  switch (type) {
    case Kind.FileUpload:
      return tidy({ ...named, ...readRange(field) });
    case Kind.CheckboxGroup:
      return tidy({ ...named, ...readRange(field), options: readChoices(field.at('options'), 10, false) });
    case Kind.RadioGroup:
      return tidy({ ...named, options: readChoices(field.at('options'), 10, false) });
    default:
      return tidy({ ...named, default: field.at('default').flag() });
  }
}

function readRange(field: Field) {
  return tidyAny({
    min_values: field.at('min_values').integer({ min: 0, max: 10 }),
    max_values: field.at('max_values').integer({ min: 1, max: 10 }),
  });
}

function readTextInput(field: Field, base: { type: Kind; id: number }, tally: Tally, labelled: boolean): AnyComponent {
  return tidy({
    ...base,
    custom_id: tally.customId(field.at('custom_id')),
    style: field.at('style').choice([TextInputStyle.Short, TextInputStyle.Paragraph], true),
    label: labelled ? field.at('label').text({ min: 1, max: 45, required: true }) : undefined,
    min_length: field.at('min_length').integer({ min: 0, max: 4_000 }),
    max_length: field.at('max_length').integer({ min: 1, max: 4_000 }),
    required: field.at('required').flag() ?? true,
    value: field.at('value').text({ max: 4_000, exact: true }),
    placeholder: field.at('placeholder').text({ max: 100 }),
  });
}
