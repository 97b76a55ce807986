// Reads what stands inside a line: emphasis, code, links, mentions, timestamps. Hostile text costs no more than its
// length times the depth limit, and a link can only ever be http or https.
import type { Inline } from './nodes.js';

const DEEPEST = 8;

interface Rule {
  /** The characters that it may begin with. */
  readonly starts: string;
  readonly pattern: RegExp;
  readonly make: (match: RegExpExecArray, depth: number) => Inline | undefined;
}

const wrap =
  (kind: 'strong' | 'em' | 'underline' | 'strike' | 'spoiler') =>
  (match: RegExpExecArray, depth: number): Inline => ({ kind, children: parseInline(match[1] ?? '', depth + 1) });

const rules: readonly Rule[] = [
  { starts: '\\', pattern: /\\([^\sA-Za-z0-9])/y, make: ([, text = '']) => ({ kind: 'text', text }) },
  {
    starts: '`',
    pattern: /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/y,
    make: ([, , text = '']) => ({ kind: 'code', text: /^ .* $/s.test(text) ? text.slice(1, -1) : text }),
  },
  { starts: '*', pattern: /\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, make: wrap('strong') },
  { starts: '_', pattern: /__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, make: wrap('underline') },
  { starts: '~', pattern: /~~((?:\\[\s\S]|[^\\])+?)~~/y, make: wrap('strike') },
  { starts: '|', pattern: /\|\|((?:\\[\s\S]|[^\\])+?)\|\|/y, make: wrap('spoiler') },
  { starts: '*', pattern: /\*(?=\S)((?:\*\*|\\[\s\S]|[^\\*])*?[^\s\\*])\*(?!\*)/y, make: wrap('em') },
  { starts: '_', pattern: /_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])/y, make: wrap('em') },
  {
    starts: '[',
    pattern: /\[((?:\\.|\[[^[\]]*\]|[^[\]\\])+)\]\(<?(https?:\/\/(?:[^\s<>()]|\([^\s<>()]*\))+)>?(?:\s+"([^"]*)")?\)/y,
    make: ([, label = '', href = '', title = ''], depth) => link(href, parseInline(label, depth + 1, false), title),
  },
  { starts: '<', pattern: /<(https?:\/\/[^\s<>]+)>/y, make: ([, href = '']) => link(href) },
  { starts: '<', pattern: /<@!?(\d{1,20})>/y, make: ([, id = '']) => ({ kind: 'mention', what: 'user', id }) },
  { starts: '<', pattern: /<@&(\d{1,20})>/y, make: ([, id = '']) => ({ kind: 'mention', what: 'role', id }) },
  { starts: '<', pattern: /<#(\d{1,20})>/y, make: ([, id = '']) => ({ kind: 'mention', what: 'channel', id }) },
  {
    starts: '<',
    pattern: /<\/([^\s:<>][^:<>]{0,100}):\d{1,20}>/y,
    make: ([, name = '']) => ({ kind: 'command', name }),
  },
  { starts: '<', pattern: /<a?:(\w{2,32}):\d{1,20}>/y, make: ([, name = '']) => ({ kind: 'emoji', name }) },
  {
    starts: '<',
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    make: ([, seconds = '', style = 'f']) =>
      Math.abs(Number(seconds)) <= 8_640_000_000_000 ? { kind: 'time', seconds: Number(seconds), style } : undefined,
  },
  { starts: '@', pattern: /@(?:everyone|here)\b/y, make: ([text]) => ({ kind: 'everyone', text }) },
  {
    starts: 'h',
    pattern: /https?:\/\/[^\s<]+[^\s<.,:;"'\])|*_~!?]/y,
    make: ([href]) => link(balanced(href)),
  },
];

const byStart = new Map<string, Rule[]>();
for (const rule of rules) byStart.set(rule.starts, [...(byStart.get(rule.starts) ?? []), rule]);

export function parseInline(source: string, depth = 0, links = true): Inline[] {
  const nodes: Inline[] = [];
  let text = '';
  for (let at = 0; at < source.length; ) {
    const found = depth < DEEPEST ? matchAt(source, at, depth, links) : undefined;
    if (!found) {
      text += source[at];
      at += 1;
      continue;
    }
    if (found.node.kind === 'text') text += found.node.text;
    else {
      if (text !== '') nodes.push({ kind: 'text', text });
      text = '';
      nodes.push(found.node);
    }
    at += found.length;
  }
  if (text !== '') nodes.push({ kind: 'text', text });
  return nodes;
}

function matchAt(source: string, at: number, depth: number, links: boolean) {
  const char = source[at]!;
  if ((char === 'h' || char === '_') && /\w/.test(source[at - 1] ?? '')) return undefined;
  for (const rule of byStart.get(char) ?? []) {
    rule.pattern.lastIndex = at;
    const match = rule.pattern.exec(source);
    const node = match ? rule.make(match, depth) : undefined;
    if (!match || !node || (!links && node.kind === 'link')) continue;
    // A bare address may end earlier than its pattern did: a closing bracket belongs to the text around it.
    const length =
      node.kind === 'link' && char === 'h' ? (node.children[0] as { text: string }).text.length : match[0].length;
    return { node, length };
  }
  return undefined;
}

function balanced(href: string): string {
  const open = href.split('(').length;
  return href.endsWith(')') && href.split(')').length > open ? href.slice(0, -1) : href;
}

function link(
  href: string,
  children: readonly Inline[] = [{ kind: 'text', text: href }],
  title = '',
): Inline | undefined {
  return webAddress(href) === undefined ? undefined : { kind: 'link', href, children, title };
}

/** The address if it is http or https, else nothing: no other scheme ever becomes a link or a picture. */
export function webAddress(text: string | undefined | null): string | undefined {
  if (!text) return undefined;
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
