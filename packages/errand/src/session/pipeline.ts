// THE list: what a request goes through, in order. Composed once, when the session is made; what is switched off is not
// in it. Read it as the table of contents of this library.
import type { Call } from '../core/call.js';
import { compose, type Handler, type Middleware } from '../core/handler.js';
import type { Policy } from '../core/policy.js';
import { breaker } from '../middleware/breaker/breaker.js';
import type { Circuits } from '../middleware/breaker/circuits.js';
import { cache } from '../middleware/cache/cache.js';
import type { HttpCache } from '../middleware/cache/http-cache.js';
import { cookies } from '../middleware/cookies/cookies.js';
import type { CookieStore } from '../middleware/cookies/jar.js';
import { dedupe } from '../middleware/dedupe/dedupe.js';
import { guard } from '../middleware/guard/guard.js';
import type { Identities } from '../middleware/identity/identities.js';
import { identity } from '../middleware/identity/identity.js';
import { limit, type Turnstile } from '../middleware/limit/limit.js';
import { watchAttempts } from '../middleware/observe/attempts.js';
import type { WayOut } from '../middleware/proxy/options.js';
import { proxy } from '../middleware/proxy/proxy.js';
import type { FieldsFor } from '../middleware/redirect/next-request.js';
import { redirect } from '../middleware/redirect/redirect.js';
import type { RetryBudgets } from '../middleware/retry/budget.js';
import { retry } from '../middleware/retry/retry.js';
import { Express } from './express.js';
import type { TransportLike } from './transport-seam.js';

/** The mechanisms that a session's list is made of. */
export interface PipelineParts {
  /** The session's own policy: what it leaves on is in the list. */
  readonly policy: Policy;
  readonly userRequest: readonly Middleware[];
  readonly userAttempt: readonly Middleware[];
  readonly fieldsFor: FieldsFor;
  readonly joined: () => void;
  readonly identities: Identities;
  readonly cache: HttpCache | undefined;
  readonly hit: () => void;
  readonly background: (call: Call, work: () => Promise<unknown>) => void;
  readonly budgets: RetryBudgets;
  readonly cookies: CookieStore | undefined;
  readonly wayOut: WayOut | undefined;
  readonly circuits: Circuits | undefined;
  readonly turnstile: Turnstile;
  readonly transport: TransportLike;
}

/** The way of a call. */
export interface Way {
  readonly handler: Handler;
  /** Where nothing but the defaults is switched on. */
  readonly express: Express | undefined;
}

/** The way of a call that is held to `policy`. */
export type Pipeline = (policy: Policy) => Way;

/** Two lists at most: the session's own, and a full one, made when a call first switches on what the session left off. */
export function pipeline(parts: PipelineParts): Pipeline {
  const { policy: own, wayOut, cookies: store } = parts;
  const usual = wayOf(parts);
  let full: Way | undefined;
  const asksForMore = (policy: Policy) =>
    (policy.dedupe && !own.dedupe) ||
    (policy.identity !== undefined && own.identity === undefined) ||
    (policy.retry !== undefined && own.retry === undefined) ||
    (policy.cookies && store === undefined) ||
    (policy.proxy !== undefined && wayOut === undefined);
  return (policy) => {
    if (policy === own || !asksForMore(policy)) return usual;
    full ??= { handler: compose(listOf(parts, true), parts.transport.handle), express: undefined };
    return full;
  };
}

function wayOf(parts: PipelineParts): Way {
  const { transport, policy } = parts;
  const list = listOf(parts, false);
  const below = (layers: number) => compose(list.slice(layers), transport.handle);
  const send = isPlain(parts) ? transport.send?.bind(transport) : undefined;
  if (send === undefined) return { handler: below(0), express: undefined };
  // A plain list begins with redirect, guard and, where it is on, retry.
  const express = new Express({ ...parts, send, hop: below(1), attempt: below(policy.retry === undefined ? 2 : 3) });
  return { handler: below(0), express };
}

/** Whether the list has no more in it than what is always there. */
function isPlain({ policy, userRequest, userAttempt, cache: stored, cookies: store, wayOut }: PipelineParts): boolean {
  const more = stored ?? store ?? wayOut ?? policy.identity;
  return more === undefined && !policy.dedupe && userRequest.length === 0 && userAttempt.length === 0;
}

function listOf(parts: PipelineParts, all: boolean): Middleware[] {
  const { policy, circuits, cookies: store, wayOut, cache: stored, hit, background } = parts;
  const on = (wanted: unknown, middleware: () => Middleware) => (all || wanted ? [middleware()] : []);
  return [
    // once per request
    ...parts.userRequest,
    redirect({ fieldsFor: parts.fieldsFor }),
    // once per hop
    guard(),
    // above the cache: what Vary names must be there when it looks
    ...on(policy.identity, () => identity(parts.identities)),
    ...(stored === undefined ? [] : [cache({ cache: stored, hit, background })]),
    ...on(policy.dedupe, () => dedupe({ joined: parts.joined })),
    ...on(policy.retry, () => retry(parts.budgets)),
    // once per attempt
    ...parts.userAttempt,
    ...on(store, () => cookies({ store })),
    ...on(wayOut, () => proxy(wayOut)),
    ...(circuits === undefined ? [] : [breaker(circuits)]),
    limit(parts.turnstile),
    watchAttempts,
  ];
}
