// What a judge wants to know of an HTML document, gathered in one pass over its tokens: sources, ids, classes, fields, the
// code of inline scripts, and how much there is to see. Builds no tree, so that no document is too deep, and stops as soon
// as the document has shown enough content.
import { Tokenizer } from 'htmlparser2';
import type { DocumentFacts } from './document-facts.js';
import { codeOf } from './script-code.js';
import { isShown, visibleCharacters } from './visible.js';

/** Inline scripts with none of these are not kept. */
const vendorWords = /_cf_chl_|_px|gokuProps|AwsWaf|KPSDK|sucuri_cloudproxy|captcha-delivery|bobcmn|rbzns/;
const attributesRead = new Set(
  'id class name src href action type content http-equiv hidden width height style data-sitekey data-pkey data-size'.split(
    ' ',
  ),
);
const unseen = new Set(['noscript', 'template', 'iframe', 'noframes', 'noembed', 'object']);
const rawText = new Set(['script', 'style', 'title', 'textarea', 'xmp']);
const mediaElements = new Set([
  'img',
  'video',
  'audio',
  'canvas',
  'svg',
  'embed',
  'object',
  'iframe',
  'frame',
  'picture',
]);
const filledIn = new Set(['', 'text', 'email', 'password', 'tel', 'search', 'url', 'number', 'date', 'file']);
/** What widgets write their answers into. */
const responseField = /^(?:cf-turnstile|h-captcha|g-recaptcha|frc-captcha)-(?:response|solution)/;
const roots = new Set('root app __next __nuxt ___gatsby app-root main-app react-root svelte q-app'.split(' '));
const labelled = new Set(['cf-error-code', 'cf-error-type']);
const longest = 2_000;
const mostOfEach = 2_000;
const mostAddresses = 200;
const mostScript = 256 * 1024;

/** @param enough Stops after so many visible characters. */
export function readDocument(html: string, truncated: boolean, enough: number): DocumentFacts {
  const reader = new Reader(html, truncated, enough);
  reader.run();
  return reader;
}

class Reader implements DocumentFacts {
  complete: boolean;
  visible = 0;
  words = '';
  title = '';
  readonly ids = new Set<string>();
  readonly classes = new Set<string>();
  readonly names = new Set<string>();
  readonly keys = new Map<string, string>();
  readonly metas = new Map<string, string>();
  readonly labels = new Map<string, string>();
  readonly scriptSources: string[] = [];
  readonly frameSources: string[] = [];
  readonly links: string[] = [];
  refresh: DocumentFacts['refresh'] = undefined;
  script = '';
  code = '';
  scripts = 0;
  fields = 0;
  media = 0;
  asksForScript = false;
  body = false;
  root: DocumentFacts['root'] = undefined;

  readonly #html: string;
  readonly #enough: number;
  readonly #tokenizer: Tokenizer;
  #tag = '';
  #attribute = '';
  #value = '';
  readonly #attributes = new Map<string, string>();
  /** The element whose text is not text: a script, a style, a title. */
  #raw = '';
  #scriptRuns = false;
  /** The element of {@link unseen} that is open, and how many of its name are. */
  #hidden = '';
  #hiddenDepth = 0;
  #label = '';
  /** The root has begun, and neither an element nor text has come since. */
  #rootOpen = false;

  constructor(html: string, truncated: boolean, enough: number) {
    this.#html = html;
    this.#enough = enough;
    this.complete = !truncated;
    const nothing = () => {};
    this.#tokenizer = new Tokenizer(
      { decodeEntities: false },
      {
        onopentagname: (start, end) => this.#openTagName(start, end),
        onattribname: (start, end) => this.#attributeName(start, end),
        onattribdata: (start, end) => this.#attributeData(start, end),
        onattribend: () => this.#attributeEnd(),
        onopentagend: () => this.#openTag(false),
        onselfclosingtag: () => this.#openTag(true),
        onclosetag: (start, end) => this.#closeTag(start, end),
        ontext: (start, end) => this.#text(start, end),
        onattribentity: nothing,
        oncdata: nothing,
        oncomment: nothing,
        ondeclaration: nothing,
        onend: nothing,
        onprocessinginstruction: nothing,
        ontextentity: nothing,
      },
    );
  }

  run(): void {
    this.#tokenizer.write(this.#html);
    this.#tokenizer.end();
    this.code = codeOf(this.script);
  }

  #openTagName(start: number, end: number): void {
    this.#tag = end - start > 64 ? 'long' : this.#html.slice(start, end).toLowerCase();
    this.#attributes.clear();
  }

  #attributeName(start: number, end: number): void {
    const name = end - start > 16 ? '' : this.#html.slice(start, end).toLowerCase();
    this.#attribute = attributesRead.has(name) ? name : '';
    this.#value = '';
  }

  #attributeData(start: number, end: number): void {
    if (this.#attribute !== '') this.#value = this.#html.slice(start, Math.min(end, start + longest));
  }

  #attributeEnd(): void {
    if (this.#attribute !== '' && !this.#attributes.has(this.#attribute)) {
      this.#attributes.set(this.#attribute, this.#value);
    }
  }

  #openTag(selfClosing: boolean): void {
    const tag = this.#tag;
    this.#fillRoot();
    this.#raw = !selfClosing && rawText.has(tag) ? tag : '';
    this.#label = '';
    if (this.#hiddenDepth > 0) {
      if (tag === this.#hidden) this.#hiddenDepth++;
      return;
    }
    if (this.#attributes.size > 0) this.#noteAttributes();
    this.#noteElement(tag);
    if (unseen.has(tag) && !selfClosing) {
      this.#hidden = tag;
      this.#hiddenDepth = 1;
    }
  }

  #noteAttributes(): void {
    for (const [name, value] of this.#attributes) {
      if (name === 'id') add(this.ids, value);
      else if (name === 'class') this.#noteClasses(value);
      else if (name.startsWith('data-') && !this.keys.has(name)) this.keys.set(name, value);
    }
  }

  #noteClasses(value: string): void {
    for (const each of value.split(/\s+/)) {
      add(this.classes, each);
      if (labelled.has(each)) this.#label = each;
    }
  }

  #noteElement(tag: string): void {
    const attributes = this.#attributes;
    if (mediaElements.has(tag) && isShown(attributes)) this.media++;
    if (tag === 'script') this.#noteScript(attributes.get('type') ?? '', attributes.get('src'));
    else if (tag === 'iframe' || tag === 'frame') push(this.frameSources, attributes.get('src'));
    else if (tag === 'a') push(this.links, attributes.get('href'));
    else if (tag === 'form') push(this.links, attributes.get('action'));
    else if (tag === 'meta') this.#noteMeta();
    else if (tag === 'input' || tag === 'textarea' || tag === 'select') this.#noteField(tag);
    else if (tag === 'body' || tag === 'frameset') this.body = true;
    else if (this.root === undefined) this.#noteRoot(roots.has(tag) ? tag : (attributes.get('id') ?? ''));
  }

  #noteRoot(name: string): void {
    if (!roots.has(name)) return;
    this.root = { name, empty: true };
    this.#rootOpen = true;
  }

  #noteScript(type: string, source: string | undefined): void {
    const runs = type === '' || type === 'module' || /javascript|ecmascript/i.test(type);
    this.#scriptRuns = runs;
    if (!runs) return;
    this.scripts++;
    push(this.scriptSources, source);
  }

  #noteMeta(): void {
    const content = this.#attributes.get('content') ?? '';
    const name = this.#attributes.get('name')?.toLowerCase();
    if (name !== undefined && this.metas.size < mostOfEach) this.metas.set(name, content);
    if (this.#attributes.get('http-equiv')?.trim().toLowerCase() !== 'refresh' || this.refresh !== undefined) return;
    const [, seconds, url] =
      /^\s{0,99}(\d{1,9})?[^;,]{0,99}(?:[;,]\s{0,99}(?:url\s{0,9}=\s{0,9})?["']?([^"']{0,2000}))?/i.exec(content) ?? [];
    this.refresh = { seconds: Number(seconds ?? 0), url: url?.trim() || undefined };
  }

  #noteField(tag: string): void {
    const name = this.#attributes.get('name') ?? '';
    add(this.names, name);
    const type = this.#attributes.get('type')?.toLowerCase() ?? '';
    if (responseField.test(name) || (tag === 'input' && !filledIn.has(type))) return;
    this.fields++;
  }

  #fillRoot(): void {
    if (!this.#rootOpen || this.root === undefined) return;
    this.root = { name: this.root.name, empty: false };
    this.#rootOpen = false;
  }

  #closeTag(start: number, end: number): void {
    this.#rootOpen = false;
    this.#raw = '';
    this.#label = '';
    if (this.#hiddenDepth === 0 || end - start > 64) return;
    if (this.#html.slice(start, end).toLowerCase() === this.#hidden) this.#hiddenDepth--;
  }

  #text(start: number, end: number): void {
    if (this.#hiddenDepth > 0) {
      if (this.#hidden === 'noscript' && !this.asksForScript) {
        this.asksForScript = /java\s?script/i.test(this.#html.slice(start, Math.min(end, start + longest)));
      }
    } else if (this.#raw !== '') this.#rawText(start, end);
    else this.#visibleText(start, end);
  }

  #rawText(start: number, end: number): void {
    if (this.#raw === 'title') {
      if (this.title === '') this.title = this.#html.slice(start, Math.min(end, start + longest)).trim();
    } else if (this.#raw === 'script' && this.#scriptRuns && this.script.length < mostScript) {
      const text = this.#html.slice(start, Math.min(end, start + mostScript - this.script.length));
      if (vendorWords.test(text)) this.script += `${text}\n;\n`;
    } else if (this.#raw === 'xmp') this.#visibleText(start, end);
  }

  #visibleText(start: number, end: number): void {
    const seen = visibleCharacters(this.#html, start, end);
    if (seen === 0) return;
    this.#fillRoot();
    this.visible += seen;
    const text = this.#html.slice(start, Math.min(end, start + longest));
    if (this.words.length < longest) this.words += `${text} `;
    if (this.#label !== '' && !this.labels.has(this.#label)) this.labels.set(this.#label, text.trim());
    if (this.visible < this.#enough) return;
    this.complete = false;
    this.#tokenizer.pause();
  }
}

function add(set: Set<string>, value: string): void {
  if (value !== '' && set.size < mostOfEach) set.add(value);
}

function push(list: string[], value: string | undefined): void {
  if (value !== undefined && value !== '' && list.length < mostAddresses) list.push(value);
}
