// Reads the composer's text: a message, the beginning of a command's name, or a command with its options. The text is the
// only truth there is, so typing, pasting, history and completion all come to the same.
import type { Leaf, Option } from './leaves.js';
import { nameIn } from './leaves.js';

/** One option in the text; positions count characters from the start of the text. */
export interface Span {
  readonly option: Option;
  /** Where `name:` begins. */
  readonly start: number;
  /** Where its value begins. */
  readonly valueAt: number;
  readonly end: number;
  readonly value: string;
}

export type Line =
  | { readonly kind: 'text' }
  | { readonly kind: 'naming'; readonly typed: string }
  | {
      readonly kind: 'command';
      readonly leaf: Leaf;
      readonly headEnd: number;
      readonly spans: readonly Span[];
      readonly stray: string;
    };

export function readLine(text: string, leaves: readonly Leaf[], locale: string): Line {
  if (!text.startsWith('/')) return { kind: 'text' };
  const found = leafIn(text, leaves);
  if (!found) return { kind: 'naming', typed: text.slice(1) };
  return { kind: 'command', leaf: found.leaf, headEnd: found.end, ...spansOf(text, found.end, found.leaf, locale) };
}

/** The command with the longest name that the text begins with. */
function leafIn(text: string, leaves: readonly Leaf[]): { leaf: Leaf; end: number } | undefined {
  const lower = text.toLowerCase();
  let best: { leaf: Leaf; end: number } | undefined;
  for (const leaf of leaves) {
    for (const title of new Set([leaf.title, leaf.name])) {
      const head = `/${title.toLowerCase()}`;
      const complete = lower === head || (lower.startsWith(head) && /\s/.test(lower[head.length]!));
      if (complete && (!best || head.length > best.end)) best = { leaf, end: head.length };
    }
  }
  return best;
}

function spansOf(text: string, from: number, leaf: Leaf, locale: string): { spans: Span[]; stray: string } {
  const starts: { option: Option; start: number; valueAt: number }[] = [];
  const word = /(?<=^|\s)([^\s:]{1,32}):/gu;
  word.lastIndex = from;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    const option = optionNamed(leaf, match[1]!, locale);
    if (!option || starts.some((each) => each.option === option)) continue;
    starts.push({ option, start: match.index, valueAt: match.index + match[0].length });
  }
  const spans = starts.map((each, index): Span => {
    const end = index + 1 < starts.length ? starts[index + 1]!.start - 1 : text.length;
    return {
      ...each,
      end: Math.max(end, each.valueAt),
      value: text.slice(each.valueAt, Math.max(end, each.valueAt)).trim(),
    };
  });
  return { spans, stray: text.slice(from, starts[0]?.start ?? text.length).trim() };
}

export function optionNamed(leaf: Leaf, name: string, locale: string): Option | undefined {
  const wanted = name.toLowerCase();
  return leaf.options.find((option) => option.name === wanted || nameIn(option, locale).toLowerCase() === wanted);
}

/** The option that the caret stands in. */
export function spanAt(line: Line, caret: number): Span | undefined {
  if (line.kind !== 'command') return undefined;
  return line.spans.findLast((span) => caret >= span.valueAt && caret <= span.end);
}

/** Options without a value so far, the required ones first. */
export function missing(line: Extract<Line, { kind: 'command' }>): Option[] {
  const given = new Set(line.spans.map((span) => span.option));
  const left = line.leaf.options.filter((option) => !given.has(option));
  return [...left.filter((option) => option.required), ...left.filter((option) => !option.required)];
}

/** Words before the first option stand for the first required one: `/weather Tallinn`. */
export function adopted(line: Line, text: string, locale: string): string {
  if (line.kind !== 'command' || line.stray === '') return text;
  const target =
    missing(line).find((option) => option.required) ?? (line.leaf.options.length === 1 ? missing(line)[0] : undefined);
  if (!target) return text;
  const rest = text.slice(line.spans[0]?.start ?? text.length);
  return `${text.slice(0, line.headEnd)} ${nameIn(target, locale)}:${line.stray}${rest ? ` ${rest}` : ''}`;
}
