// The links of a page: absolute, each once, in the order of the document.
import type { CheerioAPI } from 'cheerio';
import { type TreeNode, wholeUrl } from './tree.js';
import { visibleText } from './visible-text.js';

export interface PageLink {
  /** Absolute. */
  readonly url: string;
  /** What stands between the tags; of a picture, its `alt`; else `title` or `aria-label`. */
  readonly text: string;
  /** As it is written, '' without one. */
  readonly rel: string;
}

/** Addresses that lead nowhere outside of their page. */
const unlinked = new Set(['javascript:', 'data:', 'blob:', 'about:']);

export function linksOf($: CheerioAPI, base: string): PageLink[] {
  const found = new Map<string, PageLink>();
  $('a[href], area[href]').each((_, element) => {
    const { href = '', rel = '' } = element.attribs;
    const url = wholeUrl(href, base);
    if (url === undefined || unlinked.has(url.slice(0, url.indexOf(':') + 1))) return;
    // The first one counts, unless only a later one has words: pictures often link before titles do.
    const before = found.get(url);
    if (before !== undefined && before.text !== '') return;
    found.set(url, { url, text: textOf($, element as unknown as TreeNode), rel: before?.rel || rel.trim() });
  });
  return [...found.values()];
}

function textOf($: CheerioAPI, node: TreeNode): string {
  const text = visibleText(node).replace(/\s+/g, ' ');
  if (text !== '') return text;
  const { title, alt, 'aria-label': label } = node.attribs ?? {};
  const picture = $(node as never)
    .find('img[alt]')
    .first()
    .attr('alt');
  return (picture ?? label ?? title ?? alt ?? '').replace(/\s+/g, ' ').trim();
}
