/**
 * Names and translations of commands and options, as Discord takes them.
 */
import { Locale } from 'discord-api-types/v10';
import type { Field } from '../form.js';

const LOCALES: readonly string[] = Object.values(Locale);

/** Lower-case letters, digits, `-`, `_` and `'` of any script. */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

export function readName(field: Field): string | undefined {
  const name = field.text({ min: 1, max: 32, required: true });
  if (name === undefined) return undefined;
  if (!NAME.test(name) || name !== name.toLowerCase()) {
    return field.fail('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  return name;
}

export function readLocalizations(
  field: Field,
  read: (field: Field) => string | undefined,
): Record<string, string> | null {
  if (!field.object()) return null;
  const found: Record<string, string> = {};
  for (const locale of Object.keys(field.value as object)) {
    if (!LOCALES.includes(locale)) {
      field.at(locale).fail('BASE_TYPE_CHOICES', `"${locale.slice(0, 20)}" is not a supported locale.`);
      continue;
    }
    const text = field.at(locale).given ? read(field.at(locale)) : undefined;
    if (text !== undefined) found[locale] = text;
  }
  return found;
}
