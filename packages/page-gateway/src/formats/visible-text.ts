// The text of a page as a reader sees it: blocks on lines of their own, white space collapsed, <pre> as it is, nothing of
// scripts, styles and what is hidden. Knows no style sheets.
import type { TreeNode } from './tree.js';

const unseen = new Set([
  'script', 'style', 'noscript', 'template', 'head', 'title', 'meta', 'link', 'base', 'iframe', 'frame', 'frameset',
  'noframes', 'noembed', 'object', 'embed', 'applet', 'svg', 'canvas', 'audio', 'video', 'map', 'area', 'datalist',
  'textarea', 'input', 'param', 'source', 'track', 'rp',
]); // biome-ignore format: a list

/** A line of their own. */
const lines = new Set([
  'address', 'article', 'aside', 'body', 'caption', 'center', 'dd', 'details', 'dialog', 'dir', 'div', 'dt', 'fieldset',
  'figcaption', 'footer', 'form', 'header', 'hgroup', 'html', 'legend', 'li', 'main', 'menu', 'nav', 'optgroup', 'option',
  'search', 'section', 'select', 'summary', 'tbody', 'tfoot', 'thead', 'tr',
]); // biome-ignore format: a list

/** An empty line before and after. */
const paragraphs = new Set([
  'blockquote', 'dl', 'figure', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'listing', 'ol', 'p', 'plaintext', 'pre',
  'table', 'ul', 'xmp',
]); // biome-ignore format: a list

const preformatted = new Set(['pre', 'listing', 'plaintext', 'xmp']);

export function visibleText(node: TreeNode): string {
  const flow = new Flow();
  write(node, flow, { kept: false, listed: false });
  return flow.end();
}

/** Whether the element is hidden by its own attributes. */
export function isHidden({ name, attribs = {} }: TreeNode): boolean {
  if (attribs.hidden !== undefined && attribs.hidden !== 'until-found') return true;
  if (name === 'dialog' && attribs.open === undefined) return true;
  return attribs.style !== undefined && /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attribs.style);
}

interface Place {
  /** White space is kept as it is. */
  readonly kept: boolean;
  /** In a list already, whose inner lists are no paragraphs. */
  readonly listed: boolean;
}

const lists = new Set(['ul', 'ol', 'dl', 'menu', 'dir']);

function write(node: TreeNode, flow: Flow, { kept, listed }: Place): void {
  if (node.type === 'text') {
    if (kept) flow.verbatim(node.data ?? '');
    else flow.words(node.data ?? '');
    return;
  }
  const { name = '', children = [] } = node;
  if (node.type !== 'root' && (node.attribs === undefined || unseen.has(name) || isHidden(node))) return;
  if (name === 'br') {
    flow.newline();
    return;
  }
  const list = lists.has(name);
  const gap = paragraphs.has(name) && !(list && listed) ? 2 : lines.has(name) || list ? 1 : 0;
  if (gap > 0) flow.gap(gap);
  if (name === 'td' || name === 'th') flow.tab();
  const inside = { kept: kept || preformatted.has(name), listed: listed || list };
  for (const child of children) write(child, flow, inside);
  if (gap > 0) flow.gap(gap);
}

/** Gathers text; gaps are kept back until more text comes, so that there are none at the ends and none in a row. */
class Flow {
  readonly #parts: string[] = [];
  #gap = 0;
  #space = false;
  #cells = 0;

  words(data: string): void {
    const text = data.replace(/[\s\u00a0\u200b\ufeff]+/g, ' ');
    if (text === '') return;
    const trimmed = text.trim();
    if (text.startsWith(' ')) this.#space = true;
    if (trimmed === '') return;
    this.#open();
    this.#parts.push(trimmed);
    this.#space = text.endsWith(' ');
  }

  verbatim(data: string): void {
    if (data === '') return;
    this.#space = false;
    this.#open();
    this.#parts.push(data);
  }

  newline(): void {
    this.#space = false;
    if (this.#parts.length > 0) this.#gap = Math.min(2, this.#gap + 1);
  }

  gap(lines: number): void {
    this.#space = false;
    this.#cells = 0;
    this.#gap = Math.max(this.#gap, lines);
  }

  /** Before each cell of a row. */
  tab(): void {
    this.#space = false;
    this.#cells++;
  }

  end(): string {
    return this.#parts.join('').trim();
  }

  #open(): void {
    if (this.#parts.length > 0) {
      if (this.#gap > 0) this.#parts.push('\n'.repeat(this.#gap));
      else if (this.#cells > 1) this.#parts.push('\t'.repeat(this.#cells - 1));
      else if (this.#space) this.#parts.push(' ');
    }
    this.#gap = 0;
    this.#space = false;
    this.#cells = Math.min(this.#cells, 1);
  }
}
