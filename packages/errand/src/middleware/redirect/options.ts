// The option `redirect`: how far redirects are followed, resolved and checked.
import type { RedirectPolicy } from '../../core/policy.js';

/** How redirects are followed. Each hop is asked with the same guard, limits, cookies and deadline as the first request. */
export interface RedirectOptions {
  /**
   * `follow` them, take the redirect itself as the response (`manual`), or reject with a RedirectError (`error`).
   * @default 'follow'
   * @example session.get(url, { redirect: 'manual' })
   */
  mode?: 'follow' | 'manual' | 'error';
  /**
   * How many redirects are followed; one more is a RedirectError with reason `too-many`.
   * @default 10
   * @example { redirect: { max: 3 } }
   */
  max?: number;
  /**
   * Whether a redirect may lead from https to http.
   * @default false
   * @example { redirect: { allowDowngrade: true } }
   */
  allowDowngrade?: boolean;
  /**
   * Whether a body (with its `content-*` headers) may go along to another origin where the method keeps it: 307, 308, and
   * 301 and 302 of any method but POST.
   * @default false
   * @example { redirect: { crossOriginBody: true } }
   */
  crossOriginBody?: boolean;
}

const defaults: RedirectPolicy = { mode: 'follow', max: 10, allowDowngrade: false };

/**
 * Lays the option over what held before it: the session's over the defaults, a call's over the session's.
 * @throws TypeError naming what is wrong.
 */
export function resolveRedirect(
  option: RedirectOptions | RedirectOptions['mode'] | undefined,
  base: RedirectPolicy = defaults,
): RedirectPolicy {
  if (option === undefined) return base;
  const options = typeof option === 'string' ? { mode: option } : option;
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`redirect: expected options or a mode, got ${String(options)}`);
  }
  const { mode = base.mode, max = base.max, allowDowngrade = base.allowDowngrade } = options;
  const crossOriginBody = options.crossOriginBody ?? base.crossOriginBody ?? false;
  if (mode !== 'follow' && mode !== 'manual' && mode !== 'error') {
    throw new TypeError(`redirect.mode: expected 'follow', 'manual' or 'error', got '${String(mode)}'`);
  }
  if (max !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(max) || max < 0)) {
    throw new TypeError(`redirect.max: expected a whole number of redirects ≥ 0, got ${String(max)}`);
  }
  for (const [name, value] of Object.entries({ allowDowngrade, crossOriginBody })) {
    if (typeof value !== 'boolean')
      throw new TypeError(`redirect.${name}: expected true or false, got ${String(value)}`);
  }
  return { mode, max, allowDowngrade, crossOriginBody };
}
