/** What a web page says of itself, and the lines that a reader sees of it. Pure: HTML in, plain facts out. */
import { readDocument, webLink } from './read.js';

export interface PageFacts {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly site: string | undefined;
  readonly image: string | undefined;
  readonly links: ReadonlyArray<{ readonly text: string; readonly url: string }>;
}

const maxLinks = 500;

export function pageFacts(html: string, address: string): PageFacts {
  const meta = new Map<string, string>();
  const links = new Map<string, string>();
  let base = address;
  let title = '';
  let inTitle = false;
  let anchor: { url: string; text: string } | undefined;
  readDocument(html, {
    open(name, attributes) {
      if (name === 'base') base = webLink(attributes.href, address) ?? base;
      if (name === 'title') inTitle = title === '';
      const key = (attributes.property ?? attributes.name)?.toLowerCase();
      if (name === 'meta' && key !== undefined && !meta.has(key)) meta.set(key, attributes.content ?? '');
      const url = name === 'a' ? webLink(attributes.href, base) : undefined;
      if (url !== undefined) anchor = { url, text: '' };
    },
    text(text) {
      if (inTitle) title += text;
      if (anchor !== undefined) anchor.text += text;
    },
    close(name) {
      if (name === 'title') inTitle = false;
      if (name !== 'a' || anchor === undefined) return;
      const text = fold(anchor.text);
      if (text !== '' && links.size < maxLinks && !links.has(anchor.url)) links.set(anchor.url, text);
      anchor = undefined;
    },
  });
  const first = (...names: string[]) => names.map((name) => fold(meta.get(name) ?? '')).find((value) => value !== '');
  return {
    title: first('og:title') ?? (fold(title) || undefined),
    description: first('og:description', 'description', 'twitter:description'),
    site: first('og:site_name'),
    image: webLink(first('og:image', 'og:image:url', 'twitter:image'), base),
    links: [...links].map(([url, text]) => ({ url, text })),
  };
}

const hidden = new Set(['script', 'style', 'noscript', 'template', 'svg', 'head', 'iframe', 'object']);
const inline = new Set([
  'a',
  'abbr',
  'b',
  'bdi',
  'cite',
  'code',
  'em',
  'i',
  'kbd',
  'mark',
  'q',
  's',
  'small',
  'strong',
  'sub',
  'sup',
  'time',
  'u',
]);

/** The visible text, a line for each block. */
export function pageLines(html: string): string[] {
  const lines: string[] = [];
  let line = '';
  let depthHidden = 0;
  const finish = () => {
    const text = fold(line);
    if (text !== '') lines.push(text);
    line = '';
  };
  readDocument(html, {
    open(name) {
      if (hidden.has(name)) depthHidden += 1;
      if (!inline.has(name)) finish();
    },
    text(text) {
      if (depthHidden === 0) line += text;
    },
    close(name) {
      if (hidden.has(name)) depthHidden -= 1;
      if (!inline.has(name)) finish();
    },
  });
  finish();
  return lines;
}

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();
