// The readings of documents for those who have the bytes and no response, as for programs that move documents to workers of
// their own. The same rules and limits as a response's; the parsers are loaded when first used.
import type { CheerioAPI } from 'cheerio';
import type { ExtractMap } from '../core/response.js';
import { parseSize, type Size } from '../kit/size.js';
import * as charset from './charset.js';
import { readContentType } from './content-type.js';

export interface MarkupOptions {
  /**
   * Read by the rules of XML instead of HTML's.
   * @default false
   * @example await parseMarkup(feed, { xml: true })
   */
  xml?: boolean;
  /**
   * How deep elements may be nested. A deeper document is a ParseError.
   * @default 512
   * @example await parseMarkup(html, { maxDepth: 64 })
   */
  maxDepth?: number;
  /**
   * What the tree may come to in memory, by estimate (bytes, or '1gb'). A larger one is a ParseError.
   * @default '1gb'
   * @example await parseMarkup(html, { maxMemory: '128mb' })
   */
  maxMemory?: Size;
}

/** The encoding that a body is read in, by its name in the WHATWG standard: byte order mark, Content-Type, what the document says, UTF-8. */
export function charsetOf(bytes: Uint8Array, contentType?: string): string {
  return charset.charsetOf(bytes, readContentType(contentType));
}

/**
 * A body as text, without a byte order mark, decoded as `response.text()` does it.
 * @throws DecodeError where the charset is known and cannot be decoded.
 */
export function decodeText(bytes: Uint8Array, contentType?: string): string {
  return charset.decodeText(bytes, readContentType(contentType));
}

/**
 * HTML or XML as a tree, within limits.
 * @throws ParseError for a document that is nested too deep or built to be costly.
 */
export async function parseMarkup(text: string, options: MarkupOptions = {}): Promise<CheerioAPI> {
  const { treeOf } = await import('./markup.js');
  const { xml = false, maxDepth = 512, maxMemory = '1gb' } = options;
  return treeOf(text, xml, { maxDepth, maxMemory: parseSize(maxMemory, 'maxMemory') });
}

/**
 * What an extract map finds in a tree, as `response.extract(map)` does it.
 * @throws TypeError for selectors that are none, ParseError where they find too much.
 */
export async function extractFrom(tree: CheerioAPI, map: ExtractMap): Promise<Record<string, unknown>> {
  const { extractFromTree } = await import('./markup.js');
  return extractFromTree(tree, map);
}
