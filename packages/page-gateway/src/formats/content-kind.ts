// What came: HTML, XML, text or something else, by its Content-Type and, where there is none that says it, by its first
// bytes. Never looks further than that, because it is asked for every page.
import type { Fetched } from '../core/engine.js';

export type ContentKind = 'html' | 'xhtml' | 'xml' | 'text' | 'other';

export interface Content {
  readonly kind: ContentKind;
  /** For the readers of charsets; `undefined`: nothing was said. */
  readonly contentType: string | undefined;
  /** What is answered where the bytes are passed on as they are. */
  readonly passedAs: string;
}

const textTypes = new Set([
  'application/json',
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'application/x-ndjson',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/sql',
  'application/graphql',
  'application/x-www-form-urlencoded',
]);

export function contentOf(fetched: Fetched): Content {
  const said = headerOf(fetched, 'content-type')?.trim() || undefined;
  const essence = said?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  // What a browser serialises is UTF-8, whatever the target's own bytes were in.
  if (fetched.engine === 'browser' && looksLikeHtml(fetched.body)) {
    return { kind: 'html', contentType: 'text/html; charset=utf-8', passedAs: 'text/html; charset=utf-8' };
  }
  if (said !== undefined && essence.includes('/') && essence !== '*/*') {
    return { kind: kindOf(essence), contentType: said, passedAs: said };
  }
  return sniff(fetched.body, said);
}

export function headerOf({ headers }: Fetched, name: string): string | undefined {
  return headers.find(([each]) => each === name)?.[1];
}

function kindOf(essence: string): ContentKind {
  if (essence === 'text/html') return 'html';
  if (essence === 'application/xhtml+xml') return 'xhtml';
  if (essence === 'text/xml' || essence === 'application/xml' || essence.endsWith('+xml')) return 'xml';
  if (essence.startsWith('text/') || essence.endsWith('+json') || textTypes.has(essence)) return 'text';
  return 'other';
}

/** As much as the standard of sniffing looks at. */
const reach = 1445;

function sniff(body: Uint8Array, contentType: string | undefined): Content {
  // An empty answer without a type is an empty page.
  if (body.length === 0 || looksLikeHtml(body)) {
    return { kind: 'html', contentType, passedAs: contentType ?? 'text/html' };
  }
  const head = beginning(body);
  if (/^\s*<\?xml/.test(head)) return { kind: 'xml', contentType, passedAs: contentType ?? 'text/xml' };
  if (/[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(head)) {
    return { kind: 'other', contentType, passedAs: contentType ?? 'application/octet-stream' };
  }
  return { kind: 'text', contentType, passedAs: contentType ?? 'text/plain' };
}

function beginning(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, reach)).toString('latin1');
}

const htmlStart =
  /^<(?:!--|!doctype html|(?:html|head|body|title|meta|link|base|script|style|div|p|br|h[1-6]|a|b|table|font|iframe|main|article|section|header|nav|ul|ol|form|img|span)[\s/>])/i;

function looksLikeHtml(body: Uint8Array): boolean {
  const head = beginning(body).replace(/^\xef\xbb\xbf/, '');
  return htmlStart.test(head.replace(/^\s*<\?xml[^>]*>/, '').trimStart());
}
