// Content-Type as the readings need it: the essence, the charset, and which kinds of document it may be. Remembers the few
// values that a program meets over and over.

/** How a body may be read by what its Content-Type says. `unsaid`: nothing is said, or nothing that means anything. */
export interface ContentType {
  /** Lower case, without parameters; '' where there is none. */
  readonly essence: string;
  /** The charset parameter as it came, without quotes. */
  readonly charset: string | undefined;
  /** `maybe`: types that JSON is often sent under; tried, and refused only when the body is no JSON. */
  readonly json: 'yes' | 'maybe' | 'no';
  readonly markup: 'html' | 'xml' | 'maybe' | 'no';
}

// Raw files (GitHub, pastebins), object stores and elderly JSONP-minded interfaces send JSON under these.
const vague = new Set(['', 'text/plain', 'application/octet-stream', 'binary/octet-stream']);
const scripts = new Set(['text/javascript', 'application/javascript', 'application/x-javascript']);
const jsonTypes = new Set(['application/json', 'text/json', 'text/x-json', 'application/x-json']);
const xmlTypes = new Set(['text/xml', 'application/xml']);

const remembered = new Map<string, ContentType>();
const memory = 256;
const none = classify('', undefined);

export function readContentType(value: string | undefined): ContentType {
  if (value === undefined) return none;
  const known = remembered.get(value);
  if (known !== undefined) return known;
  const end = value.indexOf(';');
  const essence = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
  const read = classify(essence, end < 0 ? undefined : charsetParameter(value.slice(end)));
  if (remembered.size >= memory) remembered.clear();
  if (value.length <= memory) remembered.set(value, read);
  return read;
}

function classify(essence: string, charset: string | undefined): ContentType {
  return { essence, charset, json: jsonKind(essence), markup: markupKind(essence) };
}

function jsonKind(essence: string): ContentType['json'] {
  if (jsonTypes.has(essence) || essence.endsWith('+json')) return 'yes';
  return vague.has(essence) || scripts.has(essence) ? 'maybe' : 'no';
}

function markupKind(essence: string): ContentType['markup'] {
  if (essence === 'text/html' || essence === 'application/xhtml+xml') return 'html';
  if (xmlTypes.has(essence) || essence.endsWith('+xml')) return 'xml';
  return vague.has(essence) ? 'maybe' : 'no';
}

const parameter = /;\s*charset\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/i;

function charsetParameter(parameters: string): string | undefined {
  const match = parameter.exec(parameters);
  if (match === null) return undefined;
  const value = (match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '').trim().replace(/^['"]|['"]$/g, '');
  return value === '' ? undefined : value;
}
