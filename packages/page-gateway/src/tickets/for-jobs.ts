// Pages of jobs whose captchas a person solves: they go by a session of their host, since what is earned is kept with one, and
// wait for the person who is at it rather than fail.
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';

/** What a person earns for one page is of use to the others at that host, and to the page itself when it is tried again. */
export function inSession(request: PageRequest): PageRequest {
  if (request.onCaptcha !== 'handoff' || request.session !== undefined) return request;
  const host = new URL(request.url).host.replace(/[^\w.-]/g, '_');
  return { ...request, session: `handoff-${host}`.slice(0, 64) };
}

/** A page whose session is in a person's hands waits for the same ticket. Any other error is given back as it is. */
export function waitingToo(
  error: unknown,
  { onCaptcha, session }: PageRequest,
  ticketOf: (session: string) => string | undefined,
): unknown {
  if (!(error instanceof Problem) || error.code !== 'session_busy') return error;
  const ticket = onCaptcha === 'handoff' && session !== undefined ? ticketOf(session) : undefined;
  if (ticket === undefined) return error;
  const { attempts } = error;
  return new Problem('captcha_required', error.message, { attempts, members: { ticket }, cause: error });
}
