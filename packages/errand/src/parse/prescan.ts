// What the first kilobyte of an HTML or XML document says of its own charset: the prescan of the HTML standard, and the XML
// declaration. Looks at bytes only, never past the first 1024, never at what stands in comments or other tags.

const reach = 1024;

/** The charset that the document declares, as written; undefined where it declares none. */
export function declaredCharset(buffer: Buffer): string | undefined {
  const head = buffer.toString('latin1', 0, Math.min(reach, buffer.length));
  return xmlEncoding(head) ?? metaCharset(head);
}

function xmlEncoding(head: string): string | undefined {
  if (!head.startsWith('<?xml')) return undefined;
  const end = head.indexOf('>');
  const declaration = end < 0 ? head : head.slice(0, end);
  return /\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(declaration)?.slice(1).find(Boolean)?.trim();
}

function metaCharset(head: string): string | undefined {
  for (let at = head.indexOf('<'); at >= 0; at = head.indexOf('<', at)) {
    if (head.startsWith('<!--', at)) {
      const end = head.indexOf('-->', at + 2);
      if (end < 0) return undefined;
      at = end + 3;
    } else if (/^<\/?[a-z]/i.test(head.slice(at, at + 3))) {
      const tag = readTag(head, at);
      const charset = tag.name === 'meta' ? charsetOfMeta(tag.attributes) : undefined;
      if (charset !== undefined) return charset;
      at = tag.end;
    } else if (/^<[!/?]/.test(head.slice(at, at + 2))) {
      const end = head.indexOf('>', at);
      if (end < 0) return undefined;
      at = end + 1;
    } else {
      at++;
    }
  }
  return undefined;
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly end: number;
}

const attribute = /[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;

function readTag(head: string, start: number): Tag {
  const nameEnd = head.slice(start + 1).search(/[\s/>]/);
  if (nameEnd < 0) return { name: '', attributes: new Map(), end: head.length };
  let end = start + 1 + nameEnd;
  const name = head.slice(start + 1, end).toLowerCase();
  const attributes = new Map<string, string>();
  for (;;) {
    attribute.lastIndex = end;
    const match = attribute.exec(head);
    if (match === null) break;
    end = attribute.lastIndex;
    const key = (match[1] as string).toLowerCase();
    if (!attributes.has(key)) attributes.set(key, match[2] ?? match[3] ?? match[4] ?? '');
  }
  const close = head.indexOf('>', end);
  return { name, attributes, end: close < 0 ? head.length : close + 1 };
}

function charsetOfMeta(attributes: ReadonlyMap<string, string>): string | undefined {
  const charset = attributes.get('charset')?.trim();
  if (charset) return charset;
  if (attributes.get('http-equiv')?.trim().toLowerCase() !== 'content-type') return undefined;
  const match = /charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i.exec(attributes.get('content') ?? '');
  return match?.slice(1).find(Boolean)?.trim();
}
