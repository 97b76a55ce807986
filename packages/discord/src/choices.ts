// What a command suggests, made fit for Discord: at most 25 lines, names and texts of at most 100 characters.
import type { Choice } from './command.js';
import { clean, cut } from './text.js';

const limits = { choices: 25, length: 100 } as const;

/** The choices that Discord accepts; odd ones are left out. */
export function fitChoices(choices: unknown): Choice[] {
  if (!Array.isArray(choices)) return [];
  const fitted: Choice[] = [];
  const known = new Set<string>();
  for (const choice of choices as ReadonlyArray<Partial<Choice> | null>) {
    if (fitted.length === limits.choices) break;
    const value = fitValue(choice?.value);
    const name = cut(clean(choice?.name), limits.length) || cut(clean(value), limits.length);
    const key = `${typeof value} ${value} ${name}`;
    if (value === undefined || name === '' || known.has(key)) continue;
    known.add(key);
    fitted.push({ name, value });
  }
  return fitted;
}

function fitValue(value: unknown): string | number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  // A value is data, not text: it is cut without an ellipsis.
  const text = clean(value).slice(0, limits.length);
  return text === '' ? undefined : text;
}
