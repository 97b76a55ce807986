// What is looked at when an answer is judged, and the ways of looking: each finds one mark, in a header, an address or the
// structure of a document, and says in words what it saw. None of them searches prose, but `says`, which is for documents
// that are hardly longer than what it looks for.
import type { DocumentFacts } from './document-facts.js';

export interface Sight {
  readonly status: number;
  readonly url: string;
  readonly fields: ReadonlyMap<string, string>;
  /** The body's length in bytes. */
  readonly length: number;
  /** `undefined` where the body is empty or no HTML. */
  readonly document: DocumentFacts | undefined;
}

/** What was seen, in words; `undefined`: nothing. */
export type Look = (sight: Sight) => string | undefined;

export function header(name: string, value: RegExp = /./): Look {
  return ({ fields }) => {
    const found = fields.get(name);
    return found !== undefined && value.test(found) ? `${name}: ${short(found)}` : undefined;
  };
}

export function status(...codes: readonly number[]): Look {
  return ({ status: code }) => (codes.includes(code) ? `status ${code}` : undefined);
}

export function address(pattern: RegExp): Look {
  return ({ url }) => (pattern.test(url) ? `address ${withoutQuery(url)}` : undefined);
}

export function leadsTo(pattern: RegExp): Look {
  return ({ status: code, fields }) => {
    const location = fields.get('location');
    if (code < 300 || code > 399 || location === undefined || !pattern.test(location)) return undefined;
    return `redirect to ${withoutQuery(location)}`;
  };
}

export function script(source: RegExp): Look {
  return inDocument(({ scriptSources }) =>
    seen(
      'script',
      scriptSources.find((each) => source.test(each)),
    ),
  );
}

export function frame(source: RegExp): Look {
  return inDocument(({ frameSources }) =>
    seen(
      'frame',
      frameSources.find((each) => source.test(each)),
    ),
  );
}

export function link(target: RegExp): Look {
  return inDocument(({ links }) =>
    seen(
      'link to',
      links.find((each) => target.test(each)),
    ),
  );
}

export function id(...names: readonly string[]): Look {
  return inDocument(({ ids }) =>
    seen(
      'element',
      prefixed(
        '#',
        names.find((each) => ids.has(each)),
      ),
    ),
  );
}

export function className(...names: readonly string[]): Look {
  return inDocument(({ classes }) =>
    seen(
      'element',
      prefixed(
        '.',
        names.find((each) => classes.has(each)),
      ),
    ),
  );
}

/** A class that begins so; for vendors that number theirs. */
export function classLike(pattern: RegExp): Look {
  return inDocument(({ classes }) =>
    seen(
      'element',
      prefixed(
        '.',
        [...classes].find((each) => pattern.test(each)),
      ),
    ),
  );
}

export function field(name: string): Look {
  return inDocument(({ names }) => (names.has(name) ? `form field ${name}` : undefined));
}

export function key(name: string, value: RegExp = /./): Look {
  return inDocument(({ keys }) => (value.test(keys.get(name) ?? '') ? `attribute ${name}` : undefined));
}

export function meta(name: string, content: RegExp): Look {
  return inDocument(({ metas }) =>
    content.test(metas.get(name) ?? '') ? `meta ${name}=${metas.get(name)}` : undefined,
  );
}

export function label(name: string, text: RegExp): Look {
  return inDocument(({ labels }) => (text.test(labels.get(name) ?? '') ? `${name} ${labels.get(name)}` : undefined));
}

export function titled(text: RegExp): Look {
  return inDocument(({ title }) => (text.test(title) ? `title "${short(title)}"` : undefined));
}

/** An inline script sets this name, of its own accord: not in a string, a comment or a comparison. */
export function sets(name: string): Look {
  const pattern = new RegExp(`(?:^|[^\\w$])${name.replaceAll('.', '\\.')}\\s*=(?![=>])`);
  return inDocument(({ code }) => (pattern.test(code) ? `inline script sets ${name}` : undefined));
}

/** An inline script sets `name` to an object, in which the text is found. */
export function setsObject(name: string, text: RegExp): Look {
  const pattern = new RegExp(`(?:^|[^\\w$])${name}\\s*=\\s*\\{`);
  return inDocument(({ code, script: raw }) => {
    const at = pattern.exec(code)?.index;
    return at !== undefined && text.test(raw.slice(at, at + 2_000)) ? `inline script sets ${name}` : undefined;
  });
}

export const applicationRoot = inDocument(({ root }) => root && `an application's root: ${root.name}`);

/** Words, in a document that has at most `most` visible characters and was read to its end. */
export function says(words: RegExp, most: number): Look {
  return inDocument(({ visible, complete, words: text }) => {
    const found = complete && visible <= most ? words.exec(text)?.[0] : undefined;
    return found === undefined ? undefined : `text "${short(found)}"`;
  });
}

export function all(...looks: readonly Look[]): Look {
  return (sight) => {
    const found: string[] = [];
    for (const look of looks) {
      const words = look(sight);
      if (words === undefined) return undefined;
      if (words !== '') found.push(words);
    }
    return found.join(', ');
  };
}

export function either(...looks: readonly Look[]): Look {
  return (sight) => {
    for (const look of looks) {
      const words = look(sight);
      if (words !== undefined) return words;
    }
    return undefined;
  };
}

/** Says nothing of its own: for use inside {@link all}. */
export function not(look: Look): Look {
  return (sight) => (look(sight) === undefined ? '' : undefined);
}

function inDocument(look: (document: DocumentFacts) => string | undefined): Look {
  return ({ document }) => document && look(document);
}

function seen(what: string, found: string | undefined): string | undefined {
  return found === undefined ? undefined : `${what} ${withoutQuery(found)}`;
}

function prefixed(mark: string, name: string | undefined): string | undefined {
  return name && mark + name;
}

/** Queries hold tokens. */
function withoutQuery(url: string): string {
  return short(url.split(/[?#]/, 1)[0] as string);
}

function short(text: string): string {
  const clean = text.slice(0, 200).replace(/[\s\u0000-\u001f\u007f]+/g, ' ');
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean;
}
