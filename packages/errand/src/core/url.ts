// URLs as callers give them: http or https, absolute once the base is applied.

const control = /[\x00-\x1f\x7f]/;

/**
 * @throws TypeError where it is no URL, of another scheme than http and https, or holds a control character in its path or
 * query: the parser would drop or escape it, and send what nobody wrote.
 */
export function readUrl(input: string | URL, base?: URL): URL {
  if (typeof input === 'string' && control.test(input) && control.test(behindHost(input)))
    throw new TypeError(`url: '${printable(input)}' holds a control character`);
  let url: URL;
  try {
    url = new URL(input, base);
  } catch {
    throw new TypeError(
      `url: '${printable(String(input))}' is not ${base === undefined ? 'an absolute URL' : 'a URL'}`,
    );
  }
  const { href } = url;
  if (!href.startsWith('http:') && !href.startsWith('https:')) {
    throw new TypeError(`url: expected http: or https:, got '${printable(url.protocol)}'`);
  }
  return url;
}

/**
 * What stands behind the host, or all of a relative URL. Up to there the URL standard's own rules hold, and the guard sees
 * what they make of it; so do they at both ends.
 */
function behindHost(input: string): string {
  let end = input.length;
  while (end > 0 && input.charCodeAt(end - 1) <= 0x20) end--;
  const text = input.slice(0, end).replace(/^[\x00-\x20]+/, '');
  const [host = ''] = /^(?:[a-z][a-z0-9+.-]*:)?[\\/]{2,}[^\\/?#]*/i.exec(text) ?? [];
  return text.slice(host.length);
}

/** `host:port` of the URL, with the scheme's own port where it names none: the name that limits, circuits and stats go by. */
export function hostOf(url: URL): string {
  const host = url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
  // One text for each host, however many requests name it.
  const known = hosts.get(host);
  if (known !== undefined) return known;
  if (hosts.size >= rememberedHosts) hosts.clear();
  hosts.set(host, host);
  return host;
}

const hosts = new Map<string, string>();
const rememberedHosts = 1_000;

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function printable(text: string): string {
  const at = text.lastIndexOf('@');
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:/i.exec(text) ?? [];
  const shown = (at < 0 ? text : `${scheme}//***${text.slice(at)}`)
    .replace(/[^\x20-\x7e]/g, '·')
    .replace(/[?#].*$/, '?…');
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}
