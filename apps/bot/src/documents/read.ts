/** Walks through HTML or XML once, from start to end, without building a tree. It refuses documents that are nested too deeply: reading those
 *  on would cost quadratic time. */
import { Parser } from 'htmlparser2';

const maxDepth = 512;

/** The document is not what it was taken for, or is nested beyond reason. */
export class DocumentError extends Error {}

export interface Visitor {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

export function readDocument(source: string, visitor: Visitor, options: { xml?: boolean } = {}): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > maxDepth) throw new DocumentError('The document is nested too deeply to be read.');
        visitor.open?.(name, attributes);
      },
      ontext: (text) => visitor.text?.(text),
      onclosetag(name) {
        depth -= 1;
        visitor.close?.(name);
      },
    },
    { xmlMode: options.xml ?? false, recognizeCDATA: true, decodeEntities: true },
  );
  parser.end(source);
}

/** Against the base; undefined for what is not http(s). */
export function webLink(href: string | undefined, base: string): string | undefined {
  if (href === undefined || href.trim() === '' || !URL.canParse(href.trim(), base)) return undefined;
  const url = new URL(href.trim(), base);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}
