// An answer as it is judged: its header fields by name, and its body as text where it is HTML. Never reads more of a body
// than a challenge could fill.

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** After content decoding. */
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
}

/** Challenges and block pages are a few kilobytes; what is longer than this is not read to its end. */
export const prefixLength = 512 * 1024;

/** Values by lower-case name; several fields of one name are joined as HTTP joins them. */
export function fieldsOf(headers: Answer['headers']): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

/** The first `most` characters of an HTML body; `undefined` where the body is empty or no HTML. */
export function htmlOf(body: Uint8Array, contentType: string | undefined, most: number): string | undefined {
  if (body.length === 0) return undefined;
  // A field that was sent twice counts as its first.
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(',', 1).join().split(';');
  const media = type.trim();
  const wide = wideCharset(body, parameters.join(';'));
  if (media !== 'text/html' && media !== 'application/xhtml+xml') {
    if (media !== '') return undefined;
    return looksLikeHtml(read(body, wide, 1024)) ? read(body, wide, most) : undefined;
  }
  return read(body, wide, most);
}

/** Marks are ASCII, and so is markup in every charset of the web but these two. */
function wideCharset(body: Uint8Array, parameters: string): 'utf-16le' | 'utf-16be' | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  const [, charset] = /charset\s{0,9}=\s{0,9}"?(utf-16(?:le|be)?)\b/.exec(parameters) ?? [];
  if (charset === undefined) return undefined;
  return charset === 'utf-16be' ? 'utf-16be' : 'utf-16le';
}

function read(body: Uint8Array, wide: 'utf-16le' | 'utf-16be' | undefined, most: number): string {
  if (wide !== undefined) return new TextDecoder(wide).decode(body.subarray(0, 2 * most));
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1', start, most);
}

function looksLikeHtml(start: string): boolean {
  return /^\s{0,512}(?:<!--[\s\S]{0,400}?-->\s{0,99})?<(?:!doctype html|html|head|body|script|title|meta)\b/i.test(
    start,
  );
}
