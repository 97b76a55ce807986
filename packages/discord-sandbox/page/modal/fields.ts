// The fields of a form, in Discord's old shape (a row with a text input) and its new one (a label around any input).
import type {
  APIModalInteractionResponseCallbackData,
  APISelectMenuComponent,
  APITextInputComponent,
} from 'discord-api-types/v10';
import { COMPONENT } from '../components/kinds.js';

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly input?: APITextInputComponent;
  readonly menu?: APISelectMenuComponent;
  /** Words between the fields. */
  readonly text?: string;
}

export type Values = Readonly<Record<string, string | readonly string[]>>;

export function fieldsOf(modal: APIModalInteractionResponseCallbackData): Field[] {
  return modal.components.flatMap((part): Field[] => {
    if (part.type === COMPONENT.row) {
      return part.components.map((input) => ({ id: input.custom_id, label: input.label ?? '', hint: '', input }));
    }
    if (part.type === COMPONENT.text) return [{ id: '', label: '', hint: '', text: part.content }];
    if (part.type !== COMPONENT.label) return [];
    const inside = part.component;
    const named = { label: part.label, hint: part.description ?? '' };
    if (inside.type === COMPONENT.textInput) return [{ ...named, id: inside.custom_id, input: inside }];
    return isMenu(inside) ? [{ ...named, id: inside.custom_id, menu: inside }] : [];
  });
}

function isMenu(part: { readonly type: number }): part is APISelectMenuComponent {
  return (
    part.type === COMPONENT.stringSelect || (part.type >= COMPONENT.userSelect && part.type <= COMPONENT.channelSelect)
  );
}

export function startOf(fields: readonly Field[]): Values {
  return Object.fromEntries(
    fields.flatMap((field): [string, string | string[]][] => {
      if (field.input) return [[field.id, field.input.value ?? '']];
      if (!field.menu) return [];
      const chosen =
        field.menu.type === COMPONENT.stringSelect ? field.menu.options.filter((each) => each.default) : [];
      return [[field.id, chosen.map((each) => each.value)]];
    }),
  );
}

export const isRequired = (field: Field): boolean => (field.input ?? field.menu)?.required !== false;

export function problemsOf(fields: readonly Field[], values: Values): Map<string, string> {
  const problems = new Map<string, string>();
  for (const field of fields) {
    const value = values[field.id];
    const problem = field.input
      ? textProblem(field, String(value ?? ''))
      : field.menu
        ? menuProblem(field, value ?? [])
        : undefined;
    if (problem) problems.set(field.id, problem);
  }
  return problems;
}

function textProblem(field: Field, value: string): string | undefined {
  const { min_length: least = 0, max_length: most = 4_000 } = field.input ?? {};
  if (value === '') return isRequired(field) ? 'This field is required.' : undefined;
  if (value.length < least) return `At least ${least} characters.`;
  return value.length > most ? `At most ${most} characters.` : undefined;
}

function menuProblem(field: Field, value: string | readonly string[]): string | undefined {
  return isRequired(field) && value.length < (field.menu?.min_values ?? 1) ? 'Please choose.' : undefined;
}
