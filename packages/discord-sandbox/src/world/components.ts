/**
 * Buttons, select menus and forms as the user meets them: finds what is pressed, and turns what was chosen or typed
 * into what Discord sends. Throws a Refusal where Discord's client would not let the user do it.
 */
import { type APIModalInteractionResponseCallbackData, ButtonStyle, ComponentType } from 'discord-api-types/v10';
import { badField, Refusal } from '../refusal.js';
import type { Resolver } from './resolver.js';

/** A component of any kind: what a bot sent, already checked. */
export interface AnyComponent {
  readonly type: ComponentType;
  readonly id?: number;
  readonly custom_id?: string;
  readonly style?: number;
  readonly disabled?: boolean;
  readonly required?: boolean;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly value?: string;
  readonly default?: boolean;
  readonly options?: ReadonlyArray<{ label: string; value: string; default?: boolean }>;
  readonly channel_types?: readonly number[];
  readonly components?: readonly AnyComponent[];
  readonly component?: AnyComponent;
  readonly accessory?: AnyComponent;
}

/** What a user puts into one field of a form: text, what was chosen, ids of uploaded files, a tick. */
export type FieldValue = string | readonly string[] | boolean;

const ENTITY_SELECTS: readonly ComponentType[] = [
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
];
const SELECTS: readonly ComponentType[] = [ComponentType.StringSelect, ...ENTITY_SELECTS];
const LISTS: readonly ComponentType[] = [...SELECTS, ComponentType.FileUpload, ComponentType.CheckboxGroup];

/** Every component, however deep. */
function* walk(components: readonly AnyComponent[]): Generator<AnyComponent> {
  for (const component of components) {
    yield component;
    yield* walk([
      ...(component.components ?? []),
      ...(component.component ? [component.component] : []),
      ...(component.accessory ? [component.accessory] : []),
    ]);
  }
}

export function pressed(
  components: readonly AnyComponent[],
  customId: string,
  values: readonly string[] | undefined,
  resolver: Resolver,
): Record<string, unknown> {
  const component = [...walk(components)].find((each) => each.custom_id === customId);
  if (!component) throw new Refusal(404, 0, `The message has no component "${customId}"`);
  if (component.disabled) throw new Refusal(400, 0, `The component "${customId}" is disabled`);
  const data = {
    custom_id: customId,
    component_type: component.type,
    ...(component.id === undefined ? {} : { id: component.id }),
  };
  if (component.type === ComponentType.Button && component.style !== ButtonStyle.Link) return data;
  return { ...data, ...chosen(component, values ?? [], resolver) };
}

export function submitted(
  modal: APIModalInteractionResponseCallbackData,
  fields: Readonly<Record<string, FieldValue>>,
  resolver: Resolver,
): Record<string, unknown> {
  const components = modal.components as unknown as readonly AnyComponent[];
  const known = [...walk(components)].flatMap((each) => each.custom_id ?? []);
  const stranger = Object.keys(fields).find((name) => !known.includes(name));
  if (stranger !== undefined) throw fault(stranger, `the form has no field "${stranger}"; it has: ${known.join(', ')}`);
  return {
    custom_id: modal.custom_id,
    components: components.map((component) => filledIn(component, fields, resolver)),
    resolved: resolver.resolved,
  };
}

function filledIn(
  component: AnyComponent,
  fields: Readonly<Record<string, FieldValue>>,
  resolver: Resolver,
): Record<string, unknown> {
  const { type } = component;
  const id = component.id === undefined ? {} : { id: component.id };
  if (component.components) {
    return { type, ...id, components: component.components.map((each) => filledIn(each, fields, resolver)) };
  }
  if (component.component) return { type, ...id, component: filledIn(component.component, fields, resolver) };
  if (component.custom_id === undefined) return { type, ...id };
  const given = fields[component.custom_id];
  const named = { type, ...id, custom_id: component.custom_id };
  if (LISTS.includes(type)) {
    const { values } = chosen(component, list(given) ?? preset(component), resolver);
    return { ...named, values };
  }
  if (type === ComponentType.Checkbox)
    return { ...named, value: given === undefined ? component.default === true : given === true };
  if (type === ComponentType.RadioGroup)
    return { ...named, value: picked(component, list(given) ?? preset(component)) };
  return { ...named, value: text(component, given) };
}

function text(component: AnyComponent, given: FieldValue | undefined): string {
  const value = given === undefined ? (component.value ?? '') : String(given);
  const name = component.custom_id!;
  const length = [...value].length;
  if (length === 0 && component.required !== false) throw fault(name, 'this field is required');
  if (length === 0) return value;
  const least = component.min_length ?? 0;
  const most = component.max_length ?? 4_000;
  if (length < least || length > most) throw fault(name, `must be between ${least} and ${most} characters long`);
  return value;
}

function picked(component: AnyComponent, values: readonly string[]): string | null {
  const [value] = values;
  if (value === undefined && component.required !== false) throw fault(component.custom_id!, 'this field is required');
  return value ?? null;
}

function chosen(component: AnyComponent, values: readonly string[], resolver: Resolver): Record<string, unknown> {
  const name = component.custom_id!;
  if (!LISTS.includes(component.type)) throw new Refusal(400, 0, `"${name}" is not something to press or choose from`);
  const optional = component.required === false && values.length === 0;
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  if (!optional && (values.length < least || values.length > most)) {
    throw fault(name, `choose ${least === most ? least : `${least} to ${most}`}, not ${values.length}`);
  }
  const picked = values.map((value) => one(component, value, resolver));
  return ENTITY_SELECTS.includes(component.type) ? { values: picked, resolved: resolver.resolved } : { values: picked };
}

function one(component: AnyComponent, value: string, resolver: Resolver): string {
  const name = component.custom_id!;
  switch (component.type) {
    case ComponentType.UserSelect:
      return resolver.user(value);
    case ComponentType.RoleSelect:
      return resolver.role(name, value);
    case ComponentType.MentionableSelect:
      return resolver.mentionable(value);
    case ComponentType.ChannelSelect:
      return resolver.channel(name, value, component.channel_types);
    case ComponentType.FileUpload:
      return resolver.attachment(name, value);
    default: {
      const option = component.options?.find((each) => each.value === value || each.label === value);
      if (option) return option.value;
      throw fault(name, `"${value}" is not one of: ${component.options?.map((each) => each.value).join(', ')}`);
    }
  }
}

function list(given: FieldValue | undefined): readonly string[] | undefined {
  return given === undefined ? undefined : typeof given === 'object' ? given : [String(given)];
}

function preset(component: AnyComponent): readonly string[] {
  return component.options?.flatMap((option) => (option.default ? [option.value] : [])) ?? [];
}

function fault(field: string, message: string): Refusal {
  return badField([field], 'BASE_TYPE_CHOICES', message);
}
