// Reads what stands on lines of its own: code blocks, quotes, headings, lists. The rest are paragraphs.
import { parseInline } from './inline.js';
import type { Block, ListBlock } from './nodes.js';

const DEEPEST_LIST = 10;

/** In short places (embed titles, field names, button-side texts) Discord knows no headings and lists. */
export function parseBlocks(source: string, quoted = false): Block[] {
  const blocks: Block[] = [];
  const fence = /```(?:([a-zA-Z0-9_+.#-]{1,30})\n)?\n?([\s\S]*?)\n?```/g;
  let from = 0;
  for (const match of source.matchAll(fence)) {
    const text = match[2] ?? '';
    if (text.trim() === '') continue;
    blocks.push(...lines(source.slice(from, match.index), quoted));
    blocks.push({ kind: 'code-block', language: match[1] ?? '', text });
    from = match.index + match[0].length;
    if (source[from] === '\n') from += 1;
  }
  blocks.push(...lines(source.slice(from), quoted));
  return blocks;
}

function lines(source: string, quoted: boolean): Block[] {
  if (source === '') return [];
  const blocks: Block[] = [];
  const rest = source.replace(/\n$/, '').split('\n');
  let plain: string[] = [];
  const endParagraph = (): void => {
    if (plain.some((line) => line.trim() !== '')) {
      blocks.push({ kind: 'paragraph', children: parseInline(plain.join('\n')) });
    }
    plain = [];
  };
  for (let index = 0; index < rest.length; ) {
    const special = (quoted ? undefined : quote(rest, index)) ?? heading(rest[index]!) ?? list(rest, index);
    if (!special) {
      plain.push(rest[index]!);
      index += 1;
      continue;
    }
    endParagraph();
    blocks.push(special.block);
    index += special.taken;
  }
  endParagraph();
  return blocks;
}

interface Taken {
  readonly block: Block;
  readonly taken: number;
}

function quote(rest: readonly string[], index: number): Taken | undefined {
  const first = rest[index]!;
  if (first.startsWith('>>> ')) {
    const text = [first.slice(4), ...rest.slice(index + 1)].join('\n');
    return { block: { kind: 'quote', blocks: lines(text, true) }, taken: rest.length - index };
  }
  let end = index;
  while (rest[end]?.startsWith('> ')) end += 1;
  if (end === index) return undefined;
  const text = rest.slice(index, end).map((line) => line.slice(2));
  return { block: { kind: 'quote', blocks: lines(text.join('\n'), true) }, taken: end - index };
}

function heading(line: string): Taken | undefined {
  const match = /^(#{1,3}|-#)\s+(\S.*)$/.exec(line);
  if (!match) return undefined;
  const children = parseInline(match[2]!);
  if (match[1] === '-#') return { block: { kind: 'subtext', children }, taken: 1 };
  return { block: { kind: 'heading', level: match[1]!.length as 1 | 2 | 3, children }, taken: 1 };
}

const ITEM = /^( {0,40})(?:[-*]|(\d{1,9})\.) +(\S.*)$/;

function list(
  rest: readonly string[],
  index: number,
  indent = 0,
  depth = 0,
): { block: ListBlock; taken: number } | undefined {
  const first = ITEM.exec(rest[index] ?? '');
  if (!first || first[1]!.length < indent || depth > DEEPEST_LIST) return undefined;
  const own = first[1]!.length;
  const ordered = first[2] !== undefined;
  const items: { children: ReturnType<typeof parseInline>; nested: ListBlock[] }[] = [];
  let at = index;
  for (;;) {
    const match = ITEM.exec(rest[at] ?? '');
    if (!match || match[1]!.length < own) break;
    const last = items.at(-1);
    if (match[1]!.length >= own + 2 && last) {
      const nested = list(rest, at, own + 2, depth + 1);
      if (!nested) break;
      last.nested.push(nested.block);
      at += nested.taken;
      continue;
    }
    if ((match[2] !== undefined) !== ordered) break;
    items.push({ children: parseInline(match[3]!), nested: [] });
    at += 1;
  }
  return { block: { kind: 'list', ordered, start: Number(first[2] ?? 1), items }, taken: at - index };
}
