// How a page ends: as what was got, or as a problem that says what stood in the way.
import type { Attempt } from '../core/attempt.js';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Verdict } from '../core/verdict.js';
import type { Visitor } from '../core/visitor.js';
import type { Action } from './decide.js';
import type { Came } from './one-try.js';

export function pageOf(
  { fetched, verdict, disallowed }: Came,
  request: PageRequest,
  visitor: Visitor,
  attempts: readonly Attempt[],
): Page {
  return {
    fetched,
    // A shell that nobody renders is all that there is of the page.
    verdict: verdict.kind === 'shell' ? { ...verdict, kind: 'page', retry: 'never' } : verdict,
    attempts,
    session: visitor.sticky ? visitor.id : undefined,
    identity: visitor.identity.id,
    proxy: visitor.proxy?.id,
    robots: request.robots === 'ignore' ? 'ignored' : disallowed ? 'disallowed' : 'allowed',
  };
}

/** The problem that an answer of the target is. */
export function problemFor(
  action: Action & { readonly do: 'fail' },
  { fetched, verdict }: Came,
  proxied: boolean,
): Problem {
  const { host } = new URL(fetched.url);
  const { vendor = null, evidence } = verdict;
  const members = { vendor, evidence };
  if (action.code === 'target_rate_limited') {
    const retryAfter = Math.max(1, Math.ceil(action.ms / 1000));
    const text = `${host} asks to slow down (${fetched.status}), for longer than the time or the tries of this call; try again in ${retryAfter} s.`;
    return new Problem('target_rate_limited', text, { members, retryAfter });
  }
  if (action.code === 'captcha_required') {
    const text = `${host} asks for a captcha${by(vendor)}; ask with on_captcha=return, solve or handoff, or as another session.`;
    return new Problem('captcha_required', text, { members });
  }
  return new Problem(
    'blocked',
    `${whyBlocked(verdict, host, fetched.engine)}${remedy(verdict, fetched.engine, proxied)}`,
    {
      members,
    },
  );
}

/** The same problem in the hands of a person. */
export function handedOff(problem: Problem, ticket: string, { sticky, id }: Visitor): Problem {
  const then = sticky
    ? `ask again with session=${id} once it is solved.`
    : 'but the call names no session: what a person earns is kept only with one, so ask again with session=NAME.';
  const text = `The page asks for a captcha, which waits for a person as ticket ${ticket} on the dashboard; ${then}`;
  return new Problem('captcha_required', text, { members: { ...problem.members, ticket } });
}

function whyBlocked({ kind, vendor }: Verdict, host: string, engine: string): string {
  if (kind === 'challenge') {
    const passed = engine === 'browser' ? ', which the browser did not pass' : ' that only a browser passes';
    return `${host} answers with a challenge${by(vendor)}${passed}`;
  }
  return vendor === undefined ? `${host} blocks us` : `${host} blocks us by ${vendor}`;
}

function remedy({ kind }: Verdict, engine: string, proxied: boolean): string {
  if (kind === 'challenge' && engine === 'http') return '; ask with render=auto or render=true.';
  return proxied ? '; the proxies that were tried are left out there for a while.' : '; a proxy may help.';
}

function by(vendor: string | null | undefined): string {
  return vendor == null ? '' : ` of ${vendor}`;
}
