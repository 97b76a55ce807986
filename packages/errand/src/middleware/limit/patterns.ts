// Values by host pattern: `api.github.com` (any port), `host:8080`, `*.wikipedia.org` (what is below it), an address range,
// `*`. Read once, asked once per host; never decides by the order in which the patterns were written.
import { type HostRule, matchesHost, plainHost, readHostRule } from '../../core/hosts.js';

interface Entry<T> {
  readonly rule: HostRule;
  readonly value: T;
}

/** The most specific pattern wins: the name first (exact, then the longest suffix or the narrowest range), then the port. */
export class PatternTable<T> {
  readonly #entries: ReadonlyArray<Entry<T>>;

  /** @throws TypeError naming `option` where a key is no host pattern. */
  constructor(values: Readonly<Record<string, T>>, option: string) {
    this.#entries = Object.keys(values)
      .map((pattern) => ({ rule: readHostRule(pattern, option), value: values[pattern] as T }))
      .sort((a, b) => specificity(b.rule) - specificity(a.rule));
  }

  /** The value for `host:port`; undefined where no pattern matches. */
  find(host: string): T | undefined {
    const colon = host.lastIndexOf(':');
    const name = plainHost(host.slice(0, colon));
    const port = Number(host.slice(colon + 1));
    return this.#entries.find(({ rule }) => matchesHost(rule, name, port))?.value;
  }
}

/** Longer than any name: an exact one beats every suffix. */
const exact = 1_000;

function specificity({ host, suffix, range, port }: HostRule): number {
  const name = host !== undefined ? exact : (suffix?.length ?? range?.bits ?? 0);
  return name * 2 + (port === undefined ? 0 : 1);
}
