// Which hosts are asked directly although there is a proxy: NO_PROXY and `noProxy`.
import { type HostRule, matchesHost, plainHost, readHostRule, tryHostRule } from '../../core/hosts.js';
import { portOf } from '../../core/url.js';

/** Whether the URL's host is asked directly. */
export type Exempt = (url: URL) => boolean;

/**
 * The value of NO_PROXY: hosts (and what is below them), `.host` and `*.host` (only what is below), addresses, CIDR ranges,
 * each with or without a port, or `*`; between commas or spaces. What cannot be read is passed over.
 */
export function readNoProxy(value: string): Exempt {
  return exempt(value.split(/[\s,]+/).map(tryHostRule));
}

/** @throws TypeError naming `option` where an entry cannot be read. */
export function readNoProxyList(entries: readonly string[], option: string): Exempt {
  return exempt(entries.map((entry) => readHostRule(entry, option)));
}

function exempt(rules: ReadonlyArray<HostRule | undefined>): Exempt {
  const usable = rules.filter((rule) => rule !== undefined);
  const withSubdomains = usable.flatMap((rule) =>
    rule.host === undefined ? [rule] : [rule, { ...rule, host: undefined, suffix: `.${rule.host}` }],
  );
  return (url) => {
    if (withSubdomains.length === 0) return false;
    const host = plainHost(url.hostname);
    const port = portOf(url);
    return withSubdomains.some((rule) => matchesHost(rule, host, port));
  };
}
