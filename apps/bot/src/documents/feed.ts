/** Reads RSS 0.9x, 1.0 and 2.0 and Atom into one shape. Pure: bytes of XML in, entries out; what is no feed is a DocumentError. */
import { DocumentError, readDocument, webLink } from './read.js';

export interface Feed {
  readonly title: string;
  readonly link: string | undefined;
  /** As the feed has them, usually the newest first. */
  readonly entries: readonly FeedEntry[];
}

interface FeedEntry {
  /** What the feed calls it, else its link, else its title: the same entry has the same id next time. */
  readonly id: string;
  readonly title: string;
  readonly link: string | undefined;
  readonly summary: string;
  readonly published: Date | undefined;
}

type Draft = Record<string, string>;

const maxEntries = 500;
const roots = new Set(['rss', 'feed', 'rdf:rdf']);
const texts: Readonly<Record<string, string>> = {
  title: 'title',
  id: 'id',
  guid: 'id',
  description: 'summary',
  summary: 'summary',
  content: 'content',
  'content:encoded': 'content',
  pubdate: 'published',
  published: 'published',
  updated: 'updated',
  'dc:date': 'updated',
};

export function readFeed(xml: string, address: string): Feed {
  const reader = new FeedReader();
  readDocument(xml, reader, { xml: true });
  if (!reader.isFeed) throw new DocumentError('There is no RSS or Atom feed at this address.');
  const base = webLink(reader.head.base, address) ?? address;
  const entries = reader.entries.map((draft) => finish(draft, base)).filter((entry) => entry.id !== '');
  return { title: words(reader.head.title), link: webLink(reader.head.link, base), entries };
}

class FeedReader {
  readonly head: Draft = {};
  readonly entries: Draft[] = [];
  isFeed = false;
  #path: string[] = [];
  #draft: Draft | undefined;
  #target: { draft: Draft; key: string; depth: number } | undefined;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const element = name.toLowerCase();
    if (this.#path.length === 0) {
      this.isFeed = roots.has(element);
      if (attributes['xml:base']) this.head.base = attributes['xml:base'];
    }
    this.#path.push(element);
    if (this.#target !== undefined || !this.isFeed) return;
    if ((element === 'item' || element === 'entry') && this.entries.length < maxEntries) {
      this.#draft = {};
      this.entries.push(this.#draft);
      return;
    }
    if (!this.#isDirectChild()) return;
    const draft = this.#draft ?? this.head;
    if (element === 'link') this.#openLink(draft, attributes);
    else if (Object.hasOwn(texts, element)) this.#collect(draft, texts[element]!);
  }

  text(text: string): void {
    if (this.#target === undefined) return;
    const { draft, key } = this.#target;
    draft[key] = (draft[key] ?? '') + text;
  }

  close(): void {
    const element = this.#path.pop();
    if (this.#target !== undefined && this.#path.length < this.#target.depth) this.#target = undefined;
    if (element === 'item' || element === 'entry') this.#draft = undefined;
  }

  /** Of an entry, or of the feed itself: a title within an image or an author is neither. */
  #isDirectChild(): boolean {
    const parent = this.#path.at(-2);
    return this.#draft === undefined
      ? parent === 'channel' || parent === 'feed'
      : parent === 'item' || parent === 'entry';
  }

  #openLink(draft: Draft, attributes: Readonly<Record<string, string>>): void {
    if (attributes.href === undefined) this.#collect(draft, 'link');
    else if ((attributes.rel ?? 'alternate') === 'alternate') draft.link ??= attributes.href;
  }

  #collect(draft: Draft, key: string): void {
    if (draft[key] === undefined) this.#target = { draft, key, depth: this.#path.length };
  }
}

function finish(draft: Draft, base: string): FeedEntry {
  const title = words(draft.title);
  const link = webLink(draft.link, base) ?? (/^https?:/.test(draft.id ?? '') ? webLink(draft.id, base) : undefined);
  const date = new Date((draft.published ?? draft.updated ?? '').trim());
  return {
    id: ((draft.id ?? '').trim() || link || title).slice(0, 500),
    title,
    link,
    summary: words(draft.summary ?? draft.content),
    published: Number.isNaN(date.getTime()) ? undefined : date,
  };
}

/** Titles and summaries may be HTML: its words, a space for each tag. */
function words(html = ''): string {
  const pieces: string[] = [];
  const gap = () => void pieces.push(' ');
  readDocument(html.slice(0, 20_000), { open: gap, text: (piece) => void pieces.push(piece), close: gap });
  return pieces.join('').replace(/\s+/g, ' ').trim();
}

/** The text of an XML document whose HTTP header named no charset: byte order mark, then the XML declaration, then UTF-8. */
export function decodeXml(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const named = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
