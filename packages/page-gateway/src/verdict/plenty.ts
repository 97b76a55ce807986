// Whether a document shows plenty of text, told at a glance: most pages do, and then nothing of their structure matters. It
// says yes only where reader and glance could not disagree, and no wherever more would have to be known.
import { visibleCharacters } from './visible.js';

/** Their text is not text, or not to be seen; they end where their name is closed. */
const raw = new Set(['script', 'style', 'title', 'textarea', 'xmp']);
const unseen = new Set(['noscript', 'template', 'iframe', 'noframes', 'noembed', 'object']);
const unknown = -1;

/** @returns `false` where a reader would see less than `enough` characters, and where a glance does not tell. */
export function showsPlenty(html: string, enough: number): boolean {
  if (html.length < enough) return false;
  let seen = 0;
  let hidden = '';
  for (let at = 0; at !== unknown; ) {
    const tag = html.indexOf('<', at);
    if (tag === -1) return false;
    if (hidden === '') seen += visibleCharacters(html, at, tag);
    if (seen >= enough) return true;
    const next = html.charCodeAt(tag + 1);
    if (isLetter(next)) {
      const name = nameAt(html, tag + 1);
      at = tagEnd(html, tag + 1 + name.length);
      if (raw.has(name)) at = rawEnd(html, at, name);
      else if (unseen.has(name)) {
        if (hidden === name || endsInSlash(html, at)) return false;
        hidden ||= name;
      }
    } else if (next === 0x2f) {
      const name = nameAt(html, tag + 2);
      if (name === hidden) hidden = '';
      at = name === '' ? unknown : plainEnd(html, tag + 2 + name.length);
    } else at = next === 0x21 ? declarationEnd(html, tag + 2) : unknown;
  }
  return false;
}

/** In lower case; ends where something is that names seldom have. */
function nameAt(html: string, start: number): string {
  let end = start;
  while (isInName(html.charCodeAt(end))) end++;
  return html.slice(start, end).toLowerCase();
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** A letter, a digit or a hyphen. */
function isInName(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c;
}

/** Behind a tag whose name ends at `at`. */
function tagEnd(html: string, start: number): number {
  const first = html.charCodeAt(start);
  if (first !== 0x3e && first !== 0x2f && !isBlank(first)) return unknown;
  let named = false;
  for (let at = start; at < html.length; ) {
    const code = html.charCodeAt(at);
    if (code === 0x3e) return at + 1;
    // A quote, a bracket or an equals sign where none belongs.
    if (code === 0x22 || code === 0x27 || code === 0x3c || (code === 0x3d && !named)) return unknown;
    if (code === 0x3d) {
      at = valueEnd(html, at + 1);
      if (at === unknown) return unknown;
      named = false;
    } else {
      if (!isBlank(code)) named = code !== 0x2f;
      at++;
    }
  }
  return unknown;
}

/** Whether the tag that ends before `end` may have closed its element, too. */
function endsInSlash(html: string, end: number): boolean {
  let at = end - 2;
  while (isBlank(html.charCodeAt(at))) at--;
  return html.charCodeAt(at) === 0x2f;
}

/** Behind the value of an attribute. */
function valueEnd(html: string, start: number): number {
  let at = start;
  while (isBlank(html.charCodeAt(at))) at++;
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const end = html.indexOf(quote, at + 1);
    return end === -1 ? unknown : end + 1;
  }
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (code === 0x3e || isBlank(code)) return at;
  }
  return unknown;
}

/** Behind the closing tag of an element that holds no others, whose own tag ends at `at`. */
function rawEnd(html: string, at: number, name: string): number {
  if (at === unknown || endsInSlash(html, at)) return unknown;
  for (let end = html.indexOf('</', at); end !== -1; end = html.indexOf('</', end + 2)) {
    if (nameAt(html, end + 2).startsWith(name)) return plainEnd(html, end + 2 + name.length);
  }
  return unknown;
}

function plainEnd(html: string, at: number): number {
  return html.charCodeAt(at) === 0x3e ? at + 1 : unknown;
}

/** Behind a doctype or a comment; `at` is behind `<!`. */
function declarationEnd(html: string, at: number): number {
  // The dashes of `<!-->` open the comment and close it.
  const comment = html.startsWith('--', at);
  if (!comment && !isLetter(html.charCodeAt(at))) return unknown;
  const close = comment ? '-->' : '>';
  const end = html.indexOf(close, at);
  return end === -1 ? unknown : end + close.length;
}
