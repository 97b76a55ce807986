/** What a web page says of itself, and the lines that a reader sees of it. Pure: what was extracted or sent goes in, plain facts come out. */
import type { Extracted } from 'errand';
import { readDocument, webLink } from './read.js';

const meta = (name: string) =>
  ({ selector: `meta[property="${name}"], meta[name="${name}"]`, value: 'content' }) as const;

/** For `response.extract()`: large pages are read in a worker, and only this comes back. */
export const pageMap = {
  title: 'title',
  base: { selector: 'base[href]', value: 'href' },
  sharedTitle: meta('og:title'),
  sharedDescription: meta('og:description'),
  description: meta('description'),
  site: meta('og:site_name'),
  image: meta('og:image'),
  hrefs: [{ selector: 'a[href]', value: 'href' }],
  texts: ['a[href]'],
} as const;

export interface PageFacts {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly site: string | undefined;
  readonly image: string | undefined;
  readonly links: ReadonlyArray<{ readonly text: string; readonly url: string }>;
}

export function pageFacts(page: Extracted<typeof pageMap>, address: string): PageFacts {
  const base = webLink(page.base, address) ?? address;
  const links = new Map<string, string>();
  for (const [index, href] of page.hrefs.entries()) {
    const url = webLink(href, base);
    const text = fold(page.texts[index]);
    if (url !== undefined && text !== undefined && !links.has(url)) links.set(url, text);
  }
  return {
    title: fold(page.sharedTitle) ?? fold(page.title),
    description: fold(page.sharedDescription) ?? fold(page.description),
    site: fold(page.site),
    image: webLink(page.image, base),
    links: [...links].map(([url, text]) => ({ url, text })),
  };
}

const hidden = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object']);
const inline = new Set('a abbr b bdi cite code em i kbd mark q s small strong sub sup time u'.split(' '));

/** The title and the visible text, a line for each block. */
export function pageLines(html: string): { title: string | undefined; lines: string[] } {
  const lines: string[] = [];
  let title: string | undefined;
  let line = '';
  let inside = 0;
  const finish = () => {
    const text = fold(line);
    if (text !== undefined) lines.push(text);
    line = '';
  };
  readDocument(html, {
    open(name) {
      if (hidden.has(name)) inside += 1;
      if (!inline.has(name)) finish();
    },
    text(text) {
      if (inside === 0) line += text;
    },
    close(name) {
      if (hidden.has(name)) inside -= 1;
      if (name === 'title' && title === undefined) {
        title = fold(line) ?? '';
        line = '';
      } else if (!inline.has(name)) finish();
    },
  });
  finish();
  return { title: title || undefined, lines };
}

/** White space folded; undefined for nothing. */
const fold = (text: string | undefined): string | undefined => text?.replace(/\s+/g, ' ').trim() || undefined;
