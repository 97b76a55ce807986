// The fields of a form, in Discord's old shape (a row with a text input) and its new one (a label around any input).
import type {
  APIComponentInLabel,
  APIModalInteractionResponseCallbackData,
  APISelectMenuComponent,
} from 'discord-api-types/v10';
import { COMPONENT } from '../components/kinds.js';

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly input: APIComponentInLabel | null;
  /** Words between the fields. */
  readonly text: string;
}

export type FormValue = string | boolean | readonly string[] | readonly File[];
export type Values = Readonly<Record<string, FormValue>>;

const LONGEST_TEXT = 4_000;

export function fieldsOf(modal: APIModalInteractionResponseCallbackData): Field[] {
  return modal.components.flatMap((part): Field[] => {
    switch (part.type) {
      case COMPONENT.row:
        return part.components.map((input) => fieldOf(input, input.label ?? '', ''));
      case COMPONENT.label:
        return [fieldOf(part.component, part.label, part.description ?? '')];
      case COMPONENT.text:
        return [{ id: '', label: '', hint: '', input: null, text: part.content }];
      default:
        return [];
    }
  });
}

function fieldOf(input: APIComponentInLabel, label: string, hint: string): Field {
  return { id: input.custom_id, label, hint, input, text: '' };
}

export function isMenu(input: APIComponentInLabel): input is APISelectMenuComponent {
  return (
    input.type === COMPONENT.stringSelect ||
    (input.type >= COMPONENT.userSelect && input.type <= COMPONENT.channelSelect)
  );
}

export function startOf(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.flatMap(({ id, input }) => (input ? [[id, startValue(input)]] : [])));
}

function startValue(input: APIComponentInLabel): FormValue {
  switch (input.type) {
    case COMPONENT.textInput:
      return input.value ?? '';
    case COMPONENT.checkbox:
      return input.default === true;
    case COMPONENT.stringSelect:
    case COMPONENT.radios:
    case COMPONENT.checkboxes:
      return input.options.filter((option) => option.default).map((option) => option.value);
    case COMPONENT.fileUpload:
      return [];
    default:
      return (input.default_values ?? []).map((each) => each.id);
  }
}

export const isRequired = ({ input }: Field): boolean =>
  input !== null && (!('required' in input) || input.required !== false) && input.type !== COMPONENT.checkbox;

export function problemsOf(fields: readonly Field[], values: Values): Map<string, string> {
  const problems = new Map<string, string>();
  for (const field of fields) {
    const value = values[field.id];
    const problem = typeof value === 'string' ? textProblem(field, value) : listProblem(field, value);
    if (problem) problems.set(field.id, problem);
  }
  return problems;
}

function textProblem(field: Field, value: string): string | undefined {
  const { input } = field;
  const least = (input && 'min_length' in input ? input.min_length : undefined) ?? 0;
  const most = longestText(field);
  if (value === '') return isRequired(field) ? 'This field is required.' : undefined;
  if (value.length < least) return `At least ${least} characters.`;
  return value.length > most ? `At most ${most} characters.` : undefined;
}

export const longestText = ({ input }: Field): number =>
  (input && 'max_length' in input ? input.max_length : undefined) ?? LONGEST_TEXT;

function listProblem(field: Field, value: FormValue | undefined): string | undefined {
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) return isRequired(field) ? 'Please choose.' : undefined;
  const { least, most } = countsOf(field);
  if (value.length < least) return `Choose at least ${least}.`;
  return value.length > most ? `Choose at most ${most}.` : undefined;
}

export function countsOf({ input }: Field): { readonly least: number; readonly most: number } {
  const all = input?.type === COMPONENT.checkboxes ? input.options.length : 1;
  return {
    least: (input && 'min_values' in input ? input.min_values : undefined) ?? 1,
    most: (input && 'max_values' in input ? input.max_values : undefined) ?? all,
  };
}
