// URLs as callers give them: http or https, absolute once the base is applied.

/**
 * @throws TypeError where it is no URL, or of another scheme than http and https.
 */
export function readUrl(input: string | URL, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(input, base);
  } catch {
    throw new TypeError(
      `url: '${printable(String(input))}' is not ${base === undefined ? 'an absolute URL' : 'a URL'}`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`url: expected http: or https:, got '${printable(url.protocol)}'`);
  }
  return url;
}

/** `host:port` of the URL, with the scheme's own port where it names none: the name that limits, circuits and stats go by. */
export function hostOf(url: URL): string {
  return url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function printable(text: string): string {
  const shown = text
    .replace(/[^\x20-\x7e]/g, '·')
    .replace(/\/\/[^/?#]*@/, '//***@')
    .replace(/\?.*$/, '?…');
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}
