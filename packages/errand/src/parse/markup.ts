// HTML and XML into trees, and what CSS selectors find in them, by cheerio's extract map. Depth, elements and attributes are
// counted while the tree grows, so that a hostile document is refused before it costs anything. Loaded when first used.
import { load } from 'cheerio/slim';
import { DomHandler, Tokenizer, Parser as XmlParser } from 'htmlparser2';
import { parse } from 'parse5';
import { adapter, type Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import type { ExtractMap } from '../core/response.js';
import { ParseError } from '../errors.js';

/** Attributes of one element. No page has as many; the parser compares each with all before it. */
const maxAttributes = 2_048;
/** Elements that a document may have beyond its length in characters halved: `<p>` takes three, and repairs may double them. */
const spareElements = 4_096;

/**
 * @throws ParseError for a document that is nested too deep or built to be costly, TypeError for selectors that are none.
 */
export function extractFrom(text: string, map: ExtractMap, xml: boolean, maxDepth: number): unknown {
  refuseManyAttributes(text);
  // `encodeEntities` reaches the serialiser that `outerHTML` uses, though the types do not show it.
  const options = xml ? { xml: true } : ({ encodeEntities: 'utf8' } as object);
  const $ = load((xml ? xmlTree(text, maxDepth) : htmlTree(text, maxDepth)) as Parameters<typeof load>[0], options);
  let found: unknown;
  try {
    found = $.root().extract(map as Parameters<ReturnType<typeof $.root>['extract']>[0]);
  } catch (error) {
    if (error instanceof RangeError) throw new ParseError('the document is too intricate for these selectors');
    throw new TypeError(`extract: ${(error as Error).message}`);
  }
  requirePlain(found);
  return found;
}

class Limits {
  readonly #maxDepth: number;
  #depth = 0;
  #elements: number;

  constructor(length: number, maxDepth: number) {
    this.#maxDepth = maxDepth;
    this.#elements = Math.ceil(length / 2) + spareElements;
  }

  open(): void {
    if (++this.#depth > this.#maxDepth) {
      throw new ParseError(`elements nested deeper than ${this.#maxDepth} levels (parse.maxDepth)`);
    }
  }

  close(): void {
    this.#depth--;
  }

  count(): void {
    if (--this.#elements < 0)
      throw new ParseError('the document makes more elements than it has tags: it is built to be costly');
  }
}

function htmlTree(text: string, maxDepth: number) {
  const limits = new Limits(text.length, maxDepth);
  return parse<Htmlparser2TreeAdapterMap>(text, {
    treeAdapter: {
      ...adapter,
      createElement(name, namespace, attributes) {
        limits.count();
        return adapter.createElement(name, namespace, attributes);
      },
      onItemPush: () => limits.open(),
      onItemPop: () => limits.close(),
    },
  });
}

function xmlTree(text: string, maxDepth: number) {
  const limits = new Limits(text.length, maxDepth);
  const handler = new DomHandler(undefined, { xmlMode: true });
  const { onopentag, onclosetag } = handler;
  handler.onopentag = (name, attributes) => {
    limits.open();
    limits.count();
    onopentag.call(handler, name, attributes);
  };
  handler.onclosetag = () => {
    limits.close();
    onclosetag.call(handler);
  };
  new XmlParser(handler, { xmlMode: true }).end(text);
  return handler.root;
}

const ignored = () => {};

function refuseManyAttributes(text: string): void {
  let count = 0;
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname() {
        count = 0;
      },
      onattribname() {
        if (++count > maxAttributes) throw new ParseError(`an element with more than ${maxAttributes} attributes`);
      },
      onattribdata: ignored,
      onattribentity: ignored,
      onattribend: ignored,
      oncdata: ignored,
      onclosetag: ignored,
      oncomment: ignored,
      ondeclaration: ignored,
      onend: ignored,
      onopentagend: ignored,
      onprocessinginstruction: ignored,
      onselfclosingtag: ignored,
      ontext: ignored,
      ontextentity: ignored,
    },
  );
  tokenizer.write(text);
}

/** Properties such as `parent` are live nodes, which mean nothing outside the tree. */
function requirePlain(value: unknown): void {
  if (typeof value === 'function') throw new TypeError('extract: a value names a function of the element, not data');
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) {
    throw new TypeError('extract: a value names a node of the document, not data');
  }
  for (const each of Object.values(value)) requirePlain(each);
}
