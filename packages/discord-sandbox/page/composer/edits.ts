// What a key does to the composer's text: pure, a text and a caret in, a text and a caret out.
import { type Leaf, nameIn, type Option } from './leaves.js';
import { type Line, missing, optionNamed, type Span, spanAt } from './line.js';

export interface Draft {
  readonly text: string;
  readonly caret: number;
}

const at = (text: string): Draft => ({ text, caret: text.length });

/** Chooses a command: its first required option opens at once. */
export function chooseLeaf(leaf: Leaf, locale: string): Draft {
  const first = leaf.options.find((option) => option.required);
  return at(first ? `/${leaf.title} ${nameIn(first, locale)}:` : `/${leaf.title} `);
}

export function openOption(draft: Draft, option: Option, locale: string): Draft {
  return at(`${draft.text.trimEnd()} ${nameIn(option, locale)}:`);
}

/** Puts a value in, and goes on to the next required option if there is one. */
export function fillSpan(
  draft: Draft,
  line: Extract<Line, { kind: 'command' }>,
  span: Span,
  value: string,
  locale: string,
): Draft {
  const before = draft.text.slice(0, span.valueAt) + value;
  const after = draft.text.slice(span.end).trimStart();
  if (after !== '') return { text: `${before} ${after}`, caret: before.length };
  const next = missing(line).find((option) => option.required);
  return next ? openOption(at(before), next, locale) : at(`${before} `);
}

/** After typing: a finished command opens its first required option, and `city:city:` is `city:`. */
export function afterTyping(draft: Draft, before: string, line: Line, locale: string): Draft {
  if (line.kind !== 'command') return draft;
  const { text, caret } = draft;
  const typedSpace = caret === text.length && text === `${before} ` && text.length === line.headEnd + 1;
  if (typedSpace) {
    const first = line.leaf.options.find((option) => option.required);
    return first ? openOption(draft, first, locale) : draft;
  }
  return withoutDoubledName(draft, line, locale);
}

function withoutDoubledName(draft: Draft, line: Extract<Line, { kind: 'command' }>, locale: string): Draft {
  const { text, caret } = draft;
  const match = /([^\s:]+):([^\s:]+):$/u.exec(text.slice(0, caret));
  if (!match) return draft;
  const [whole, outer = '', inner = ''] = match;
  const known = optionNamed(line.leaf, outer, locale);
  const typed = optionNamed(line.leaf, inner, locale);
  const span = line.spans.find((each) => each.option === known);
  const taken = typed !== known && line.spans.some((each) => each.option === typed);
  if (!known || !typed || taken || !span || span.start !== caret - whole.length) return draft;
  return {
    text: `${text.slice(0, span.start)}${inner}:${text.slice(caret)}`,
    caret: span.start + inner.length + 1,
  };
}

/** Backspace right behind `name:` takes the whole option away; undefined leaves the key to the browser. */
export function eraseOption(draft: Draft, line: Line): Draft | undefined {
  const span = spanAt(line, draft.caret);
  if (!span || draft.caret !== span.valueAt || span.value !== '') return undefined;
  const before = draft.text.slice(0, span.start).trimEnd();
  const after = draft.text.slice(span.end).trimStart();
  return { text: after ? `${before} ${after}` : before, caret: before.length };
}
