// A path pattern of robots.txt (RFC 9309, 2.2.2 and 2.2.3): a prefix in which `*` stands for anything and a last `$` for the
// end. Matching takes time that grows with pattern plus path, whatever they are: it never steps back.

export interface Pattern {
  /** In octets after normalisation: the longest pattern that matches decides. */
  readonly length: number;
  matches(path: string): boolean;
  /** About how many characters {@link matches} looks at. */
  cost(path: string): number;
}

/** @param text As it stands in the file. */
export function patternOf(text: string): Pattern {
  const anchored = text.endsWith('$');
  const pattern = normalised(anchored ? text.slice(0, -1) : text).replaceAll('$', '%24');
  const [first = '', ...rest] = pattern.split('*');
  const length = pattern.length + (anchored ? 1 : 0);
  if (rest.length === 0) {
    return { length, cost: () => 20, matches: (path) => (anchored ? path === first : path.startsWith(first)) };
  }
  const last = anchored ? (rest.pop() as string) : '';
  const middle = rest.filter((part) => part !== '');
  return {
    length,
    cost: (path) => (path.startsWith(first) ? 20 + length + path.length : 20),
    matches: (path) => matchesParts(path, first, middle, last),
  };
}

/** A URL's path and query as patterns are compared with it: literally, so that its own `*` and `$` mean nothing. */
export function comparablePath(url: URL): string {
  return normalised(url.pathname + url.search)
    .replaceAll('*', '%2A')
    .replaceAll('$', '%24');
}

/** Each part at the first place where it fits: if that leaves no room for the next, no other place would. */
function matchesParts(path: string, first: string, middle: readonly string[], last: string): boolean {
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of middle) {
    const found = indexOf(path, part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.endsWith(last) && path.length - last.length >= at;
}

/** The engine's own search is fast, and quadratic at worst: it gets only what is short. */
function indexOf(path: string, part: string, from: number): number {
  if (part.length <= 24) return path.indexOf(part, from);
  if (path.length - from < part.length) return -1;
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = from; at < path.length; at++) {
    while (matched > 0 && path[at] !== part[matched]) matched = borders[matched - 1] as number;
    if (path[at] === part[matched]) matched++;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

/** For each beginning of `part`, the length of its longest proper beginning that is its end too (Knuth, Morris, Pratt). */
function bordersOf(part: string): Uint32Array {
  const borders = new Uint32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at++) {
    while (matched > 0 && part[at] !== part[matched]) matched = borders[matched - 1] as number;
    if (part[at] === part[matched]) matched++;
    borders[at] = matched;
  }
  return borders;
}

/** Octets that mean the same are written the same way: `%7E` and `~`, `ä` and `%c3%a4` and `%C3%A4`. */
function normalised(text: string): string {
  return text
    .replace(/[^\u0000-\u007f]+/g, encoded)
    .replace(/[\u0000-\u0020"<>\\^`{|}\u007f]/g, encoded)
    .replace(/%[\da-f]{2}/gi, (octet) => {
      const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : octet.toUpperCase();
    });
}

function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
