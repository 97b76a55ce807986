// HTML bytes for somebody who is not at the page's address: in UTF-8, saying so, and with a base that makes its relative
// links mean what they meant there. Changes nothing else, and nothing at all where nothing is needed; runs on the main
// thread for pages of usual size, so it never builds a tree.
import { isUtf8 } from 'node:buffer';
import { charsetOf, decodeText } from 'errand';
import { Parser } from 'htmlparser2';

export interface HtmlSource {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** Of the page, after redirects. */
  readonly url: string;
  /** Whether void elements are to be closed. */
  readonly xml?: boolean;
}

/** One piece of the document's bytes and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @throws errand's DecodeError where the charset cannot be decoded. */
export function portableHtml(source: HtmlSource): Uint8Array {
  const bytes = utf8Of(source);
  // One character a byte: what is looked for is ASCII, and places are those of the bytes.
  const text = bytes.toString('latin1');
  const edits = [...charsetEdits(text), ...baseEdits(text, source)].sort((a, b) => a.start - b.start);
  return edits.length === 0 ? bytes : edited(bytes, edits);
}

function utf8Of({ bytes: given, contentType }: HtmlSource): Buffer {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (charsetOf(bytes, contentType ?? 'text/html') === 'utf-8' && isUtf8(bytes)) {
    return marked ? bytes.subarray(3) : bytes;
  }
  return Buffer.from(decodeText(bytes, contentType ?? 'text/html'));
}

function edited(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    pieces.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

/** A document declares its charset within so many bytes. */
const declared = 1024;

/** Declarations of another charset, which is no longer the document's. */
function* charsetEdits(text: string): Generator<Edit> {
  const head = text.slice(0, declared).replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => ' '.repeat(comment.length));
  const declaration = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']/.exec(head);
  if (declaration !== null) yield* otherThanUtf8(head, declaration[0].length);
  for (const tag of head.matchAll(/<meta\s[^>]*?\bcharset\s*=\s*["']?\s*/gi)) {
    yield* otherThanUtf8(head, tag.index + tag[0].length);
  }
}

function* otherThanUtf8(head: string, start: number): Generator<Edit> {
  const [label = ''] = /^[^\s"';/>]*/.exec(head.slice(start)) ?? [];
  if (label !== '' && !/^utf-?8$/i.test(label)) yield { start, end: start + label.length, text: 'utf-8' };
}

/** An attribute with a URL that needs a base: neither absolute nor a mere fragment. */
const relative =
  /[\s"'](?:href|src|action|formaction|poster|srcset|background)\s*=\s*(?:["']\s*)?(?![a-z][a-z0-9+.-]*:|[#"'\s>])/i;

function* baseEdits(text: string, { url, xml }: HtmlSource): Generator<Edit> {
  const own = /<base[\s/]/i.test(text) ? findBase(text) : undefined;
  const close = xml ? '/>' : '>';
  if (own === undefined) {
    if (!relative.test(text)) return;
    const place = placeForBase(text);
    yield { start: place, end: place, text: `<base href="${escapeAttribute(url)}"${close}` };
    return;
  }
  const whole = resolveBase(own.attributes.href as string, url);
  if (whole === own.attributes.href) return;
  const others = Object.entries(own.attributes).filter(([name]) => name !== 'href');
  const rest = others.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('');
  yield { start: own.start, end: own.end, text: `<base href="${escapeAttribute(whole)}"${rest}${close}` };
}

/** What relative links of a page resolve against that has a base of this `href`. */
export function resolveBase(href: string, url: string): string {
  const trimmed = href.trim();
  // A URL that is whole already stays as it was written.
  if (/^https?:\/\/[^\s]+$/i.test(trimmed) && URL.canParse(trimmed)) return trimmed;
  if (!URL.canParse(trimmed, url)) return url;
  const resolved = new URL(trimmed, url);
  return /^(?:data|javascript):$/.test(resolved.protocol) ? url : resolved.href;
}

function escapeAttribute(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

interface BaseElement {
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const chunk = 2_048;

/** The first base element with an `href`: the one that counts. What stands in scripts and comments is none. */
function findBase(text: string): BaseElement | undefined {
  let found: BaseElement | undefined;
  const parser: Parser = new Parser({
    onopentag(name, attributes) {
      if (found !== undefined || name !== 'base' || attributes.href === undefined) return;
      found = { start: parser.startIndex, end: parser.endIndex + 1, attributes };
    },
  });
  for (let at = 0; at < text.length && found === undefined; at += chunk) parser.write(text.slice(at, at + chunk));
  if (found === undefined) parser.end();
  return found;
}

const comments = String.raw`(?:\s|<!--[\s\S]*?-->|<\?[^>]*>|<!doctype[^>]*>)*`;
const attributes = String.raw`(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>`;
const opening = new RegExp(`^${comments}(?:<html${attributes}${comments})?(?:<head${attributes})?`, 'i');

/** Behind the opening of the head, written or not. */
function placeForBase(text: string): number {
  return opening.exec(text)?.[0].length ?? 0;
}
