// Turns what was typed for a command's options into what is sent, or says in place what is wrong with it.
import type { OptionValue } from '../../src/playground/protocol.js';
import { KIND } from './kinds.js';
import type { Option } from './leaves.js';
import type { Line } from './line.js';
import { type People, peopleFor } from './people.js';

/** What was chosen from a list, with the text that stands for it, and files, by option. */
export interface Picked {
  readonly text: string;
  readonly value: string | number | File;
}
export type Picks = ReadonlyMap<string, Picked>;

export interface Checked {
  readonly values: Readonly<Record<string, string | number | boolean | File>>;
  readonly problems: ReadonlyMap<string, string>;
}

type Result = { readonly value: OptionValue | File } | { readonly problem: string };

export function check(line: Extract<Line, { kind: 'command' }>, picks: Picks, people: People, locale: string): Checked {
  const values: Record<string, string | number | boolean | File> = {};
  const problems = new Map<string, string>();
  for (const span of line.spans) {
    const { option } = span;
    if (span.value === '') {
      problems.set(
        option.name,
        option.required ? 'This option is required. Specify a value.' : 'Specify a value, or remove the option.',
      );
      continue;
    }
    const picked = picks.get(option.name);
    const result: Result =
      picked && picked.text === span.value ? { value: picked.value } : readValue(option, span.value, people, locale);
    if ('problem' in result) problems.set(option.name, result.problem);
    else values[option.name] = result.value as string | number | boolean | File;
  }
  for (const option of line.leaf.options) {
    const there = line.spans.some((span) => span.option === option);
    if (option.required && !there) problems.set(option.name, 'This option is required. Specify a value.');
  }
  return { values, problems };
}

function readValue(option: Option, typed: string, people: People, locale: string): Result {
  switch (option.type) {
    case KIND.string:
      return option.choices?.length ? choice(option.choices, typed, locale) : textOf(option, typed);
    case KIND.integer:
    case KIND.number:
      return option.choices?.length ? choice(option.choices, typed, locale) : numberOf(option, typed);
    case KIND.boolean:
      if (/^(true|yes|on)$/i.test(typed)) return { value: true };
      if (/^(false|no|off)$/i.test(typed)) return { value: false };
      return { problem: 'Enter true or false.' };
    case KIND.attachment:
      return { problem: 'Choose a file.' };
    default: {
      const wanted = typed.toLowerCase().replace(/^[@#]/, '').trim();
      const found = peopleFor(option, people).find(
        (each) => each.value === typed || each.name.toLowerCase().replace(/^[@#]/, '') === wanted,
      );
      return found ? { value: found.value } : { problem: `Nothing here is called “${typed}”.` };
    }
  }
}

interface Choosable {
  readonly name: string;
  readonly value: string | number;
  readonly name_localizations?: Partial<Record<string, string | null>> | null;
}

export const choiceName = (each: Choosable, locale: string): string => each.name_localizations?.[locale] ?? each.name;

function choice(choices: readonly Choosable[], typed: string, locale: string): Result {
  const wanted = typed.toLowerCase();
  const same = (text: string): boolean => text.toLowerCase() === wanted;
  const found = choices.find((each) => same(choiceName(each, locale)) || same(each.name) || same(String(each.value)));
  return found ? { value: found.value } : { problem: 'Enter a valid choice.' };
}

function textOf(option: Extract<Option, { type: 3 }>, typed: string): Result {
  const length = [...typed].length;
  const least = ('min_length' in option ? option.min_length : undefined) ?? 0;
  const most = ('max_length' in option ? option.max_length : undefined) ?? 6_000;
  if (length < least) return { problem: `Enter at least ${least} characters.` };
  return length > most ? { problem: `Enter at most ${most} characters.` } : { value: typed };
}

function numberOf(option: Extract<Option, { type: 4 | 10 }>, typed: string): Result {
  const whole = option.type === KIND.integer;
  const text = typed.replace(/[\s_]/g, '');
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value) || Math.abs(value) > 2 ** 53 || (whole && !Number.isInteger(value))) {
    return { problem: whole ? 'Enter a whole number.' : 'Enter a number.' };
  }
  const least = 'min_value' in option ? option.min_value : undefined;
  const most = 'max_value' in option ? option.max_value : undefined;
  if (least !== undefined && value < least) return { problem: `Enter a number of at least ${least}.` };
  return most !== undefined && value > most ? { problem: `Enter a number of at most ${most}.` } : { value };
}

/** What a value has to be like, in a few words. */
export function expectation(option: Option): string {
  const range = (least: number | undefined, most: number | undefined, unit: string): string =>
    least !== undefined && most !== undefined
      ? `${least} to ${most}${unit}`
      : least !== undefined
        ? `at least ${least}${unit}`
        : most !== undefined
          ? `at most ${most}${unit}`
          : '';
  if ('min_value' in option || 'max_value' in option) {
    return range(
      'min_value' in option ? option.min_value : undefined,
      'max_value' in option ? option.max_value : undefined,
      '',
    );
  }
  if ('min_length' in option || 'max_length' in option) {
    return range(
      'min_length' in option ? option.min_length : undefined,
      'max_length' in option ? option.max_length : undefined,
      ' characters',
    );
  }
  return '';
}
