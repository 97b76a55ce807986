// HTML and XML into trees, and what CSS selectors find in them, by cheerio's extract map. Depth, nodes and attributes are
// counted while the tree grows, so that a hostile document is refused before it costs anything. Loaded when first used.
import type { Cheerio } from 'cheerio';
import { load } from 'cheerio/slim';
import { DomHandler, Tokenizer, Parser as XmlParser } from 'htmlparser2';
import { parse } from 'parse5';
import { adapter, type Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import type { ExtractDescriptor, ExtractMap, ExtractRule } from '../core/response.js';
import { ErrandError, ParseError } from '../errors.js';
import { FindBudget, TreeBudget } from './budget.js';

export interface MarkupLimits {
  readonly maxDepth: number;
  readonly maxMemory: number;
}

type Query = ReturnType<typeof load>;
type Element = Htmlparser2TreeAdapterMap['element'];
type Scope = Cheerio<Element>;

/**
 * @throws ParseError for a document that is nested too deep or built to be costly, TypeError for selectors that are none.
 */
export function extractFrom(text: string, map: ExtractMap, xml: boolean, limits: MarkupLimits): unknown {
  return extractFromTree(treeOf(text, xml, limits), map);
}

/** @throws ParseError for a document that is nested too deep or built to be costly. */
export function treeOf(text: string, xml: boolean, limits: MarkupLimits): Query {
  const budget = new TreeBudget(text.length, limits.maxDepth, limits.maxMemory);
  countAttributes(text, xml, budget);
  // `encodeEntities` reaches the serialiser that `outerHTML` uses, though the types do not show it.
  const options = xml ? { xml: true } : ({ encodeEntities: 'utf8' } as object);
  return load((xml ? xmlTree(text, budget) : htmlTree(text, budget)) as Parameters<typeof load>[0], options);
}

/** @throws TypeError for selectors that are none, ParseError for what they find being too much. */
export function extractFromTree($: Query, map: ExtractMap): Record<string, unknown> {
  try {
    return extractIn($.root() as unknown as Scope, map, new Reader($));
  } catch (error) {
    if (error instanceof ErrandError || error instanceof TypeError) throw error;
    if (error instanceof RangeError) throw new ParseError('the document is too intricate for these selectors');
    throw new TypeError(`extract: ${(error as Error).message}`);
  }
}

function htmlTree(text: string, budget: TreeBudget) {
  return parse<Htmlparser2TreeAdapterMap>(text, {
    treeAdapter: {
      ...adapter,
      createElement(name, namespace, attributes) {
        budget.node();
        return adapter.createElement(name, namespace, attributes);
      },
      createCommentNode(data) {
        budget.node();
        return adapter.createCommentNode(data);
      },
      insertText(parent, piece) {
        budget.node();
        adapter.insertText(parent, piece);
      },
      onItemPush: () => budget.open(),
      onItemPop: () => budget.close(),
    },
  });
}

function xmlTree(text: string, budget: TreeBudget) {
  const handler = new DomHandler(undefined, { xmlMode: true });
  const { onopentag, onclosetag, ontext, oncomment } = handler;
  handler.onopentag = (name, attributes) => {
    budget.open();
    budget.node();
    onopentag.call(handler, name, attributes);
  };
  handler.onclosetag = () => {
    budget.close();
    onclosetag.call(handler);
  };
  handler.ontext = (data) => {
    budget.node();
    ontext.call(handler, data);
  };
  handler.oncomment = (data) => {
    budget.node();
    oncomment.call(handler, data);
  };
  new XmlParser(handler, { xmlMode: true }).end(text);
  return handler.root;
}

const ignored = () => {};

function countAttributes(text: string, xmlMode: boolean, budget: TreeBudget): void {
  let count = 0;
  const tokenizer = new Tokenizer(
    { xmlMode, decodeEntities: false },
    {
      onopentagname() {
        count = 0;
      },
      onattribname() {
        budget.attribute(++count);
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

/** Cheerio's own `extract` copies all it has for each further match of a list: a page with 30 000 would take it minutes. */
function extractIn(scope: Scope, map: ExtractMap, reader: Reader): Record<string, unknown> {
  const entries = Object.entries(map).map(([name, rule]: [string, ExtractRule]) => {
    if (typeof rule === 'object' && isList(rule)) {
      const { selector, value } = descriptorOf(rule[0]);
      const found = scope
        .find(selector)
        .toArray()
        .map((element) => reader.read(element, value));
      return [name, found.filter((each) => each !== undefined && each !== null)];
    }
    const { selector, value } = descriptorOf(rule);
    const { first } = scope.extract({ first: { selector, value: (element) => element } });
    return [name, first === undefined ? undefined : reader.read(first, value)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function isList(rule: Exclude<ExtractRule, string>): rule is readonly [string | ExtractDescriptor] {
  return Array.isArray(rule);
}

function descriptorOf(rule: string | ExtractDescriptor): Required<ExtractDescriptor> {
  return typeof rule === 'string'
    ? { selector: rule, value: 'textContent' }
    : { selector: rule.selector, value: rule.value ?? 'textContent' };
}

/** Reads values of elements, within what may be found in all. */
class Reader {
  readonly #$: Query;
  readonly #budget = new FindBudget();

  constructor($: Query) {
    this.#$ = $;
  }

  read(element: Element, value: string | ExtractMap): unknown {
    const wrapped = this.#$(element);
    if (typeof value !== 'string') return extractIn(wrapped, value, this);
    const found: unknown = wrapped.prop(value);
    requirePlain(value, found);
    this.#budget.take(found);
    return found;
  }
}

/** Properties such as `parent` are live nodes, which mean nothing outside the tree. */
function requirePlain(name: string, value: unknown): void {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null && !isData(value))) {
    throw new TypeError(`extract: '${name}' is no data of an element`);
  }
}

function isData(value: object): boolean {
  return Object.values(value).every((each) => typeof each !== 'object' && typeof each !== 'function');
}
