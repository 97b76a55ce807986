// Host patterns: `api.github.com` (any port), `host:8080`, `*.wikipedia.org` (what is below it), `*`. Read once, asked once
// per host; a pattern that could never match is refused instead of being ignored.

/** What a table of patterns tells apart: how exact the name is, then whether the port is named. */
interface Entry<T> {
  /** The name as URLs spell it; for a wildcard its suffix with the leading dot; for `*` nothing. */
  readonly name: string;
  readonly wildcard: boolean;
  readonly port: string | undefined;
  readonly value: T;
}

const shape = /^(\*|\*\.[^*:[\]]+|\[[0-9a-f:.]+\]|[^*:[\]]+)(?::(\d+))?$/i;
const bareIpv6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;
const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Values by host pattern; the most specific pattern wins: the name first (exact, then the longest suffix), then the port. */
export class PatternTable<T> {
  readonly #entries: ReadonlyArray<Entry<T>>;

  /** @throws TypeError naming `option` where a key is no host pattern. */
  constructor(values: Readonly<Record<string, T>>, option: string) {
    this.#entries = Object.keys(values)
      .map((pattern) => readPattern(pattern, values[pattern] as T, option))
      .sort((a, b) => specificity(b) - specificity(a));
  }

  /** The value for `host:port`; undefined where no pattern matches. */
  find(host: string): T | undefined {
    const colon = host.lastIndexOf(':');
    const port = host.slice(colon + 1);
    const name = withoutDot(host.slice(0, colon));
    return this.#entries.find((entry) => matches(entry, name, port))?.value;
  }
}

function matches(entry: Entry<unknown>, name: string, port: string): boolean {
  if (entry.port !== undefined && entry.port !== port) return false;
  return entry.wildcard ? name.endsWith(entry.name) : name === entry.name;
}

function specificity({ name, wildcard, port }: Entry<unknown>): number {
  return (wildcard ? name.length : 1_000) * 2 + (port === undefined ? 0 : 1);
}

function readPattern<T>(pattern: string, value: T, option: string): Entry<T> {
  const [, host, digits] = shape.exec(bareIpv6.test(pattern) ? `[${pattern}]` : pattern) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) throw unreadable(pattern, option);
  const entry = { value, port: port === undefined ? undefined : String(port) };
  if (host === '*') return { ...entry, name: '', wildcard: true };
  const wildcard = host.startsWith('*.');
  const name = asInUrls(wildcard ? host.slice(2) : host);
  if (name === undefined || (wildcard && ipv4.test(name))) throw unreadable(pattern, option);
  return { ...entry, name: wildcard ? `.${name}` : name, wildcard };
}

/** The name as `URL` spells it: lower case, punycode, canonical addresses, no trailing dot. */
function asInUrls(host: string): string | undefined {
  if (/[\s/?#@\\%]/.test(host) || !URL.canParse(`http://${host}/`)) return undefined;
  return withoutDot(new URL(`http://${host}/`).hostname);
}

function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function unreadable(pattern: string, option: string): TypeError {
  return new TypeError(
    `${option}: '${pattern}' is not a host pattern; expected a host ('api.github.com'), 'host:port', '*.domain' or '*'`,
  );
}
