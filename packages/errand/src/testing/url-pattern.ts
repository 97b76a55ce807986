// Which URLs a scripted route is about.

/** A URL in which `*` stands for anything, a regular expression over the whole URL, or a function. */
export type UrlPattern = string | URL | RegExp | ((url: URL) => boolean);

/** @throws TypeError where it is no pattern. */
export function readPattern(pattern: UrlPattern): (url: URL) => boolean {
  if (typeof pattern === 'function') return pattern;
  if (pattern instanceof RegExp)
    return (url) => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(url.href);
  const text = typeof pattern === 'string' ? pattern : pattern.href;
  const withQuery = text.includes('?');
  const matcher = new RegExp(`^${normal(text).split('*').map(literal).join('.*')}$`);
  return (url) => matcher.test(`${url.origin}${url.pathname}${withQuery ? url.search : ''}`);
}

/** The pattern as URLs are written, where it is one. */
function normal(text: string): string {
  if (!/^https?:\/\/[^/?#]+/.test(text) && !text.startsWith('*'))
    throw new TypeError(`url: expected a URL such as 'https://api.example/users/*', got '${text}'`);
  if (text.includes('*') || !URL.canParse(text)) return text;
  const { origin, pathname, search } = new URL(text);
  return `${origin}${pathname}${search}`;
}

function literal(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
