// The operator's list of proxies: a URL a line, then labels. What cannot be read is said with its line, and without the
// credentials that may stand in it.
import { readFile } from 'node:fs/promises';
import type { ProxyServer } from '../core/proxy-server.js';

const schemes: Record<string, number> = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 };

/**
 * @param source A file, or the lines themselves: as a list, or as text in which a proxy's URL stands.
 * @throws TypeError where the file or a line cannot be read.
 */
export async function loadProxies(source: string | readonly string[]): Promise<ProxyServer[]> {
  if (typeof source !== 'string') return parseProxies(source.join('\n'), 'proxies');
  if (source.includes('://')) return parseProxies(source.replaceAll(',', '\n'), 'proxies');
  let text: string;
  try {
    text = await readFile(source, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new TypeError(`proxies: ${source} cannot be read: ${why}`, { cause });
  }
  return parseProxies(text, source);
}

/** @throws TypeError naming the place of what is wrong. */
export function parseProxies(text: string, file: string): ProxyServer[] {
  const found = new Map<string, ProxyServer>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const [url, ...labels] = withoutRemark(line).split(/\s+/).filter(Boolean);
    if (url === undefined) continue;
    const place = `${file}:${index + 1}`;
    const proxy = readProxy(url, readLabels(labels, place), place, new Set(found.keys()));
    if (found.has(proxy.id)) throw new TypeError(`${place}: there is a proxy with the id '${proxy.id}' already`);
    found.set(proxy.id, proxy);
  }
  return [...found.values()];
}

/** A remark begins the line or comes after white space: passwords may hold a '#'. */
function withoutRemark(line: string): string {
  return line.replace(/(?:^|\s)#.*$/, '');
}

function readLabels(words: readonly string[], place: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] = /^([A-Za-z][\w-]*)=(\S+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      const shown = word.includes('@') ? 'something else' : `'${word.slice(0, 60)}'`;
      throw new TypeError(`${place}: expected labels such as country=de after the URL, got ${shown}`);
    }
    const lower = name.toLowerCase();
    if (Object.hasOwn(labels, lower)) throw new TypeError(`${place}: the label '${lower}' is there twice`);
    // An id is a name: it stays as it is written.
    labels[lower] = lower === 'id' ? value : value.toLowerCase();
  }
  return labels;
}

function readProxy(
  text: string,
  labels: Readonly<Record<string, string>>,
  place: string,
  taken: ReadonlySet<string>,
): ProxyServer {
  const url = parse(text);
  const port = url && schemes[url.protocol];
  if (url === undefined || port === undefined || url.hostname === '' || !/^\/?$/.test(url.pathname)) {
    const shown = text.includes('@')
      ? 'something else (not shown, for it may hold a password)'
      : `'${text.slice(0, 80)}'`;
    throw new TypeError(
      `${place}: expected a proxy such as http://host:3128, https://…, socks5://… or socks5h://…, got ${shown}`,
    );
  }
  const host = `${url.hostname}:${url.port === '' ? port : url.port}`;
  return {
    id: labels.id ?? unusedId(`${url.protocol.slice(0, -1)}-${host}`, taken),
    url: text.includes('://') ? text : `http://${text}`,
    shown: `${url.protocol}//${host}`,
    country: labels.country,
    pool: labels.pool,
    labels,
  };
}

/** Providers sell many proxies behind one address, told apart by their credentials. */
function unusedId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  let number = 2;
  while (taken.has(`${id}-${number}`)) number++;
  return `${id}-${number}`;
}

function parse(text: string): URL | undefined {
  const url = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
