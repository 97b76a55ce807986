// One try: one visitor, one engine, from the first hop to the verdict. It says what came of it and decides nothing.
import type { Attempt } from '../core/attempt.js';
import type { Engine, Fetched, Seen } from '../core/engine.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Verdict } from '../core/verdict.js';
import type { Visitor } from '../core/visitor.js';
import { ownTurn } from '../kit/loop-turns.js';
import type { Budget } from './budget.js';
import type { PagesParts } from './pages.js';
import { Passage } from './passage.js';
import { patienceFor } from './patience.js';
import { codeOf } from './problem-of.js';
import type { VisitorDesk } from './seams.js';

export interface Came {
  readonly fetched: Fetched;
  readonly verdict: Verdict;
  readonly attempt: Attempt;
  readonly disallowed: boolean;
}

export interface Missed {
  readonly fetched: undefined;
  readonly error: unknown;
  /** Undefined where nobody went anywhere. */
  readonly attempt: Attempt | undefined;
}

export type Outcome = Came | Missed;

export interface OneTry {
  readonly pages: PagesParts;
  readonly request: PageRequest;
  readonly engine: Engine;
  readonly visitor: Visitor;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

/** Milliseconds that are left for the page itself, where the visitor has to be waited for. */
const leastTime = 100;

/** @throws what ended the page from outside, and what did not let anybody go: robots.txt, politeness, a session in use. */
export async function tryOnce({ pages, request, engine, visitor, budget, signal }: OneTry): Promise<Outcome> {
  const passage = new Passage({
    ...{ request, signal, robots: pages.robots, hosts: pages.hosts, timeLeft: () => budget.timeLeft },
  });
  const startedAt = performance.now();
  const attemptOf = (verdict: string, status: number | undefined): Attempt => {
    const ms = Math.round(performance.now() - startedAt);
    return { engine: engine.name, proxy: visitor.proxy?.id, identity: visitor.identity.id, status, verdict, ms };
  };
  let release: Awaited<ReturnType<VisitorDesk['lease']>> | undefined;
  let leased = false;
  try {
    if (engine.name === 'browser') release = await pages.visitors.lease(visitor, budget.timeLeft - leastTime, signal);
    leased = true;
    const beforeHop = (url: URL) => passage.enter(url);
    const judge = judgeOnce(pages.judge);
    const patience = (came: Seen) => patienceFor(judge(came), request);
    const fetched = await engine.visit({ request, visitor, signal, timeout: budget.timeLeft, beforeHop, patience });
    // Whoever waits for the host goes before this page is looked at.
    passage.leave();
    await ownTurn();
    const verdict = judge(fetched);
    return { fetched, verdict, attempt: attemptOf(verdict.kind, fetched.status), disallowed: passage.disallowed };
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (passage.refused && reason instanceof Problem) throw reason;
    const went = passage.begun || (leased && engine.name === 'browser');
    return { fetched: undefined, error: reason, attempt: went ? attemptOf(codeOf(reason), undefined) : undefined };
  } finally {
    passage.leave();
    await release?.();
  }
}

/** The same body is not read twice: that of the engine's last look is the one that it brings. */
function judgeOnce(judge: (came: Seen) => Verdict): (came: Seen) => Verdict {
  let last: { readonly body: Uint8Array; readonly verdict: Verdict } | undefined;
  return (came) => {
    if (last?.body !== came.body) last = { body: came.body, verdict: judge(came) };
    return last.verdict;
  };
}
