// What of a document a reader would see, as far as it can be told without laying it out.

/** Neither hidden nor a pixel that counts visitors. */
export function isShown(attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.has('hidden') || /display\s{0,9}:\s{0,9}none/i.test(attributes.get('style') ?? '')) return false;
  return !/^[01](?:px)?$/.test(attributes.get('width') ?? '') && !/^[01](?:px)?$/.test(attributes.get('height') ?? '');
}

/** How many there are between two places; blanks of any spelling are not counted. */
export function visibleCharacters(html: string, start: number, end: number): number {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const code = html.charCodeAt(at);
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xfeff) continue;
    // A no-break space of UTF-8, read byte by byte.
    if (code === 0xc2 && html.charCodeAt(at + 1) === 0xa0) continue;
    const blank = code === 0x26 ? /^&(?:nbsp|#160|#xa0|zwnj|#8203|#x200b);/i.exec(html.slice(at, at + 9)) : null;
    if (blank === null) seen++;
    else at += blank[0].length - 1;
  }
  return seen;
}
