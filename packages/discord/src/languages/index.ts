// The table of languages: Discord's locale, or its first part, to sentences. A new language is entered here.
import { de } from './de.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import { it } from './it.js';
import { ja } from './ja.js';
import { nl } from './nl.js';
import { pl } from './pl.js';
import { pt } from './pt.js';
import type { Sentences } from './sentences.js';

/** Every language there is, by its code. */
export const languages: Readonly<Record<string, Sentences>> = { de, en, es, fr, it, ja, nl, pl, pt };

/** The code of the language for a locale such as 'en-GB', 'pt-BR' or 'es-419'; English where there is none. */
export function languageOf(locale: string | undefined): string {
  const [code = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  return Object.hasOwn(languages, code) ? code : 'en';
}
