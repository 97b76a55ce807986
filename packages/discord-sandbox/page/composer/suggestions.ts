// What the list over the composer offers for the text as it stands. Pure: what the bot suggests is handed in.
import type { Suggestion } from '../../src/playground/protocol.js';
import { KIND, kindWord } from './kinds.js';
import { descriptionIn, type Leaf, matching, nameIn, type Option } from './leaves.js';
import { type Line, missing, type Span, spanAt } from './line.js';
import { type People, peopleFor } from './people.js';
import { choiceName } from './values.js';

const MOST = 50;

export type Item =
  | { readonly kind: 'command'; readonly key: string; readonly leaf: Leaf }
  | { readonly kind: 'value'; readonly key: string; readonly name: string; readonly value: string | number }
  | { readonly kind: 'option'; readonly key: string; readonly option: Option };

export interface Offer {
  readonly items: readonly Item[];
  /** Enter takes the first item without anybody having gone to it. */
  readonly eager: boolean;
  readonly note?: string;
}

export type FromBot =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  | { readonly state: 'failed' }
  | { readonly state: 'here'; readonly suggestions: readonly Suggestion[] };

const nothing: Offer = { items: [], eager: false };

export interface Situation {
  readonly text: string;
  readonly caret: number;
  readonly line: Line;
  readonly leaves: readonly Leaf[];
  readonly people: People;
  readonly fromBot: FromBot;
  readonly locale: string;
}

export function offerFor(situation: Situation): Offer {
  const { line, text, caret, leaves, people, fromBot, locale } = situation;
  if (line.kind === 'text') return nothing;
  if (line.kind === 'naming') {
    const items = commandItems(leaves, line.typed);
    return items.length > 0
      ? { items, eager: true }
      : {
          ...nothing,
          note: leaves.length === 0 ? 'The bot has no commands here.' : 'No command matches what you typed.',
        };
  }
  // A whole name may still be the beginning of a longer one.
  if (line.headEnd === text.length) return { items: commandItems(leaves, line.leaf.title), eager: false };
  const span = spanAt(line, caret);
  const left = missing(line).map((option): Item => ({ kind: 'option', key: `option-${option.name}`, option }));
  if (!span) return { items: left, eager: false };
  const values = valuesFor(span, people, fromBot, locale);
  return { ...values, items: [...values.items, ...left] };
}

function commandItems(leaves: readonly Leaf[], typed: string): Item[] {
  return matching(leaves, typed)
    .slice(0, MOST)
    .map((leaf) => ({ kind: 'command', key: leaf.title, leaf }));
}

function valuesFor(span: Span, people: People, fromBot: FromBot, locale: string): Offer {
  const { option } = span;
  if ('autocomplete' in option && option.autocomplete) return botOffer(fromBot);
  const all = fixedValues(option, people, locale);
  if (all === undefined) return nothing;
  const wanted = span.value.toLowerCase().replace(/^[@#]/, '');
  const plain = (name: string): string => name.toLowerCase().replace(/^[@#]/, '');
  const found = all.filter((each) => plain(each.name).includes(wanted));
  const exact = found.some((each) => plain(each.name) === wanted || String(each.value).toLowerCase() === wanted);
  const items = found.slice(0, MOST).map(valueItem);
  return items.length > 0 || exact
    ? { items, eager: !exact }
    : { ...nothing, note: 'No choice matches what you typed.' };
}

function botOffer(fromBot: FromBot): Offer {
  switch (fromBot.state) {
    case 'none':
      return nothing;
    case 'loading':
      return { ...nothing, note: 'Loading options…' };
    case 'failed':
      return { ...nothing, note: 'Loading options failed' };
    case 'here':
      return fromBot.suggestions.length > 0
        ? { items: fromBot.suggestions.map(valueItem), eager: false }
        : { ...nothing, note: 'No options match your search.' };
  }
}

const valueItem = ({ name, value }: Suggestion, index: number): Item => ({
  kind: 'value',
  key: `value-${index}-${value}`,
  name,
  value,
});

function fixedValues(option: Option, people: People, locale: string): Suggestion[] | undefined {
  if ('choices' in option && option.choices?.length) {
    return option.choices.map((each) => ({ name: choiceName(each, locale), value: each.value }));
  }
  if (option.type === KIND.boolean) {
    return [
      { name: 'True', value: 'True' },
      { name: 'False', value: 'False' },
    ];
  }
  return option.type >= KIND.user && option.type <= KIND.mentionable ? peopleFor(option, people) : undefined;
}

/** What a screen reader says of an item. */
export function labelOf(item: Item, locale: string): string {
  if (item.kind === 'command') return `/${item.leaf.title}, ${item.leaf.description}`;
  if (item.kind === 'value') return item.name;
  const { option } = item;
  return `Option ${nameIn(option, locale)}, ${kindWord(option.type)}${option.required ? ', required' : ''}: ${descriptionIn(option, locale)}`;
}
