/**
 * What messages, menus and forms share: what is counted over the whole of one, emoji, and shapes without empty keys.
 */
import type { ComponentType as Kind } from 'discord-api-types/v10';
import type { AnyComponent } from '../../world/components.js';
import type { Field } from '../form.js';

/** What is counted over a whole message or form. */
export class Tally {
  readonly #customIds = new Set<string>();
  #components = 0;
  #text = 0;

  get components(): number {
    return this.#components;
  }
  get text(): number {
    return this.#text;
  }

  /** `id` and `type` of a component; counted once for each. */
  begin(field: Field, type: Kind): { type: Kind; id: number } {
    this.#components += 1;
    return { type, id: field.at('id').integer({ min: 0 }) || this.#components };
  }

  customId(field: Field): string | undefined {
    const id = field.text({ min: 1, max: 100, required: true, exact: true });
    if (id !== undefined && this.#customIds.has(id)) {
      return field.fail('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    }
    if (id !== undefined) this.#customIds.add(id);
    return id;
  }

  write(text: string | undefined): void {
    this.#text += [...(text ?? '')].length;
  }
}

export function readEmoji(field: Field): { id: string | null; name: string | null; animated?: boolean } | undefined {
  if (!field.object()) return undefined;
  const id = field.at('id').snowflake() ?? null;
  const name = field.at('name').text({ max: 100 }) ?? null;
  if (id === null && name === null) return field.at('name').missing();
  return { id, name, ...(field.at('animated').flag() ? { animated: true } : {}) };
}

/** Leaves out what is undefined. */
export function tidyAny<T extends Record<string, unknown>>(shape: T): T {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as T;
}

export function tidy(shape: Record<string, unknown> & { type: Kind }): AnyComponent {
  return tidyAny(shape) as unknown as AnyComponent;
}
