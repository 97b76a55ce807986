// Header fields as flat lists of names and values, in the order and case in which they are sent. Names are compared
// without case; nothing that could end a line or smuggle a second message gets into a list.

/** What callers may give as headers. */
export type HeadersInput = Headers | Record<string, string | string[] | undefined> | Array<[string, string]>;

/** `[name, value, name, value, …]`, never changed once made. */
export type FieldList = readonly string[];

export const noFields: FieldList = [];

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that frame the message or the connection: the transport's own business (RFC 9112 6, RFC 9110 7.6.1). */
const framing = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);
const single = new Set([
  'host',
  'content-length',
  'content-type',
  'authorization',
  'user-agent',
  'referer',
  'content-encoding',
]);

/** Whether a field, in lower case, is the transport's own business. */
export function isFraming(lower: string): boolean {
  return framing.has(lower);
}

/** RFC 9110 5.6.2. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/**
 * Reads headers as callers give them.
 * @throws TypeError where a name is no token, a value holds CR, LF, NUL or what is not ISO-8859-1, a field belongs to the
 * transport, or one that may be sent once comes twice.
 */
export function readHeaders(input: HeadersInput | undefined): FieldList {
  if (input === undefined) return noFields;
  const fields: string[] = [];
  if (input instanceof Headers || Array.isArray(input)) {
    for (const pair of input) {
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw new TypeError('headers: expected [name, value] pairs, an object of them, or Headers');
      }
      append(fields, pair[0], pair[1]);
    }
  } else if (typeof input === 'object' && input !== null) {
    for (const name of Object.keys(input)) {
      const value = input[name];
      if (Array.isArray(value)) for (const each of value) append(fields, name, each);
      else if (value !== undefined) append(fields, name, value);
    }
  } else {
    throw new TypeError(`headers: expected an object, pairs or Headers, got ${String(input)}`);
  }
  return fields;
}

function append(fields: string[], name: string, value: unknown): void {
  if (typeof name !== 'string' || !token.test(name)) {
    throw new TypeError(`headers: '${printable(String(name))}' is not a header name (RFC 9110 5.1)`);
  }
  const text = typeof value === 'string' ? value.trim() : String(value as number);
  if (typeof value === 'object' || typeof value === 'symbol' || value === undefined || !fieldValue.test(text)) {
    throw new TypeError(`headers: the value of '${name}' holds a character that no header may (RFC 9110 5.5)`);
  }
  const lower = name.toLowerCase();
  if (framing.has(lower)) {
    throw new TypeError(`headers: '${name}' frames the message or the connection and is set by the session itself`);
  }
  if (lower === 'content-length' && !/^\d+$/.test(text)) {
    throw new TypeError(`headers: 'content-length' must be a number of bytes, got '${printable(text)}'`);
  }
  if (single.has(lower) && indexOfField(fields, lower) >= 0) {
    throw new TypeError(`headers: '${name}' may be sent once only`);
  }
  fields.push(name, text);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '·').slice(0, 60);
}

/** Where the name of the field stands in the list; -1 where it is not in it. `lower` is in lower case. */
export function indexOfField(fields: FieldList, lower: string): number {
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name === lower || (name.length === lower.length && name.toLowerCase() === lower)) return index;
  }
  return -1;
}

/** All values of a field, joined as RFC 9110 5.3 says; undefined where there is none. */
export function fieldOf(fields: FieldList, lower: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name !== lower && (name.length !== lower.length || name.toLowerCase() !== lower)) continue;
    const value = fields[index + 1] as string;
    found = found === undefined ? value : `${found}${lower === 'cookie' ? '; ' : ', '}${value}`;
  }
  return found;
}

/** The list without the fields that `drop` names (in lower case). */
export function withoutFields(fields: FieldList, drop: (lower: string) => boolean): FieldList {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (!drop(name.toLowerCase())) kept.push(name, fields[index + 1] as string);
  }
  return kept.length === fields.length ? fields : kept;
}

/** The list with one field set, in place of what it had under that name. */
export function withField(fields: FieldList, name: string, value: string): FieldList {
  const lower = name.toLowerCase();
  const index = indexOfField(fields, lower);
  if (index < 0) return [...fields, name, value];
  const rest = withoutFields(fields.slice(index + 2), (each) => each === lower);
  return [...fields.slice(0, index), name, value, ...rest];
}

/** `base` with `over` on top: a field that `over` names replaces those of that name in `base`, in `base`'s place order. */
export function mergeFields(base: FieldList, over: FieldList): FieldList {
  if (over.length === 0) return base;
  if (base.length === 0) return over;
  const kept = withoutFields(base, (lower) => indexOfField(over, lower) >= 0);
  return [...kept, ...over];
}

/** A response's fields by lower-case name, as the parser gives them. */
export type ResponseFields = Readonly<Record<string, string | string[]>>;

/** One field of a response, joined and trimmed; undefined where it is absent. */
export function responseField(fields: ResponseFields, lower: string): string | undefined {
  // What the record inherits is neither text nor a list.
  const value: unknown = fields[lower];
  if (typeof value === 'string') return value.trim();
  return Array.isArray(value) ? value.map((each: string) => each.trim()).join(', ') : undefined;
}

/** The fields of a response as the platform's Headers. */
export function toHeaders(fields: ResponseFields): Headers {
  const headers = new Headers();
  for (const name of Object.keys(fields)) {
    const value = fields[name] as string | string[];
    if (typeof value === 'string') headers.append(name, value);
    else for (const each of value) headers.append(name, each);
  }
  return headers;
}

/** A field list as the platform's Headers. */
export function listToHeaders(fields: FieldList): Headers {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2) {
    headers.append(fields[index] as string, fields[index + 1] as string);
  }
  return headers;
}
