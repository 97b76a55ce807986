// The parameters as data, for the API's description and for forms: made from the very table that calls are read by.
import { z } from 'zod';
import { keyNames, type Parameter, parameters } from './table.js';

export interface Described {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly default: unknown;
  readonly example: string | undefined;
  readonly required: boolean;
  /** JSON Schema of what may be written. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Every parameter of a page, in the contract's order. */
export function describeParameters(): readonly Described[] {
  return Object.entries(parameters as Record<string, Parameter>).map(([name, parameter]) => ({
    name,
    aliases: parameter.aliases,
    description: parameter.description,
    default: parameter.default,
    example: parameter.example,
    required: name === 'url',
    schema: schemaOf(parameter),
  }));
}

/** The names by which a key may be given as a parameter. */
export const keyParameters: readonly string[] = keyNames;

function schemaOf({ schema, aliases, default: usual, description, example }: Parameter): Record<string, unknown> {
  const { $schema, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const others = aliases.length > 0 ? ` Also as ${aliases.map((each) => `\`${each}\``).join(', ')}.` : '';
  return {
    ...json,
    description: description + others,
    ...(usual !== undefined && { default: usual }),
    ...(example !== undefined && { examples: [example] }),
  };
}
