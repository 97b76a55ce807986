// One page on its way up the ladder: a try, what comes next, another try, until there is a page or a problem. All of it out
// of one budget; what comes next is decided elsewhere.
import type { Attempt } from '../core/attempt.js';
import type { Engine } from '../core/engine.js';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Visitor } from '../core/visitor.js';
import type { Budget } from './budget.js';
import { type Action, afterError, afterVerdict, type Standing } from './decide.js';
import { handedOff, pageOf, problemFor } from './endings.js';
import { type Came, type Outcome, tryOnce } from './one-try.js';
import type { PagesParts } from './pages.js';
import { isNothingSent, isWorthRetrying, problemOf, proxyFailure } from './problem-of.js';
import { retryAfterOf } from './retry-after.js';
import { sleep } from './sleep.js';

export interface ClimbParts {
  readonly pages: PagesParts;
  readonly request: PageRequest;
  readonly owner: string;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly onAttempt: ((attempt: Attempt) => void) | undefined;
}

/** RFC 9110 9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export class Climb {
  readonly #parts: ClimbParts;
  readonly #attempts: Attempt[] = [];
  /** Proxies that did not do. */
  readonly #avoid = new Set<string>();
  #engine: Engine;
  #visitor: Visitor | undefined;

  constructor(parts: ClimbParts, engine: Engine) {
    this.#parts = parts;
    this.#engine = engine;
  }

  /** @throws Problem with what was tried; what is nobody's problem goes through as it is. */
  async run(): Promise<Page> {
    const { pages, request, owner, budget } = this.#parts;
    try {
      let visitor = await pages.visitors.visitorFor(request, owner);
      while (budget.takeTry()) {
        this.#visitor = visitor;
        const step = await this.#tryAndTakeStep(visitor);
        if ('page' in step) return step.page;
        visitor = step.visitor;
      }
      throw new Problem('timeout', `The page did not come within ${request.timeout} ms (timeout).`);
    } catch (error) {
      const told = problemOf(error, { ...request, proxy: this.#visitor?.proxy });
      throw told instanceof Problem && told.attempts.length === 0 ? told.after(this.#attempts) : told;
    } finally {
      // Before the answer is given: the next call of the session may be made anywhere.
      if (this.#visitor?.sticky) await pages.visitors.save(this.#visitor);
    }
  }

  /** A try, and the step up to the browser where that comes next: the page, or who tries next. */
  async #tryAndTakeStep(visitor: Visitor): Promise<{ readonly page: Page } | { readonly visitor: Visitor }> {
    for (;;) {
      const outcome = await tryOnce({ ...this.#parts, engine: this.#engine, visitor });
      if (outcome.attempt !== undefined) this.#tell(outcome.attempt);
      const action = this.#next(outcome, visitor);
      await this.#learn(action, outcome, visitor);
      if (outcome.fetched === undefined) {
        if (action.do !== 'again') throw outcome.error;
        return { visitor: await this.#goElsewhere(action.ms, visitor, proxyFailure(outcome.error) !== undefined) };
      }
      if (action.do === 'page') return { page: pageOf(outcome, this.#parts.request, visitor, this.#attempts) };
      if (action.do !== 'browser') return { visitor: await this.#goOn(action, outcome, visitor) };
      this.#parts.budget.takeStep();
      this.#engine = this.#parts.pages.browser as Engine;
    }
  }

  #tell(attempt: Attempt): void {
    this.#attempts.push(attempt);
    this.#parts.onAttempt?.(attempt);
  }

  #next(outcome: Outcome, visitor: Visitor): Action {
    const standing = this.#standing(visitor);
    if (outcome.fetched === undefined) {
      const { error } = outcome;
      const retryable = isWorthRetrying(error, standing.proxied);
      return afterError({ retryable, nothingSent: isNothingSent(error) }, standing);
    }
    const { fetched, verdict } = outcome;
    return afterVerdict({ verdict, status: fetched.status, retryAfter: retryAfterOf(fetched.headers) }, standing);
  }

  #standing(visitor: Visitor): Standing {
    const { request, budget, pages } = this.#parts;
    return {
      engine: this.#engine.name,
      idempotent: idempotent.has(request.method),
      triesLeft: budget.triesLeft,
      timeLeft: budget.timeLeft,
      mayStepUp: request.render === 'auto' && pages.browser !== undefined && budget.stepLeft,
      proxied: visitor.proxy !== undefined,
      ...{ retry404: request.retry404, onCaptcha: request.onCaptcha, before: Math.max(0, this.#attempts.length - 1) },
    };
  }

  /** Who goes next, where an answer asks for another try. @throws Problem where it does not. */
  async #goOn(action: Action, came: Came, visitor: Visitor): Promise<Visitor> {
    const { pages, request, owner, signal } = this.#parts;
    switch (action.do) {
      case 'wait':
        await sleep(action.ms, signal);
        return visitor;
      case 'again':
        return this.#goElsewhere(action.ms, visitor, false);
      case 'captcha':
        await this.#askForHelp(came, visitor);
        return visitor;
      case 'rotate':
        try {
          return await pages.visitors.visitorFor(request, owner, this.#avoid);
        } catch (error) {
          // Where the last proxy is banned there, who blocks us is the better answer.
          if (!(error instanceof Problem) || error.code !== 'blocked') throw error;
          const { retryAfter } = error;
          const blocked = problemFor({ do: 'fail', code: 'blocked' }, came, true);
          throw retryAfter === undefined ? blocked : blocked.with({ retryAfter });
        }
      case 'fail':
        throw problemFor(action, came, visitor.proxy !== undefined);
      default:
        throw new TypeError(`there is nothing to go on with after '${action.do}'`);
    }
  }

  /** A sticky visitor stays who he is, unless his proxy fails again: then he is replaced as a whole. */
  async #goElsewhere(ms: number, visitor: Visitor, proxyFailed: boolean): Promise<Visitor> {
    const { pages, request, owner, signal } = this.#parts;
    await sleep(ms, signal);
    const { proxy, sticky } = visitor;
    const lost = proxy !== undefined && proxyFailed && (this.#avoid.has(proxy.id) || pages.proxies.isDead(proxy));
    if (proxy !== undefined && (proxyFailed || !sticky)) this.#avoid.add(proxy.id);
    if (sticky && !lost) return visitor;
    await pages.visitors.drop(visitor);
    return pages.visitors.visitorFor(request, owner, this.#avoid);
  }

  /** What the rooms below may know of it. */
  async #learn(action: Action, outcome: Outcome, visitor: Visitor): Promise<void> {
    const { proxies, visitors, hosts } = this.#parts.pages;
    const { proxy } = visitor;
    const asked = () => new URL(this.#parts.request.url).host;
    if (outcome.fetched === undefined) {
      const failure = proxyFailure(outcome.error);
      if (proxy !== undefined && failure !== undefined) proxies.failed(proxy, failure);
      if (outcome.attempt !== undefined) proxies.record(asked(), 'other', proxy);
      return;
    }
    const { fetched, verdict, attempt } = outcome;
    const url = new URL(fetched.url);
    const fails = action.do === 'fail' ? action.code : undefined;
    const turnedAway = action.do === 'rotate' || fails === 'blocked';
    const good = action.do === 'page' && verdict.kind === 'page';
    if (proxy !== undefined) proxies.succeeded(proxy, attempt.ms);
    proxies.record(url.host, good ? 'ok' : turnedAway || verdict.kind === 'captcha' ? 'blocked' : 'other', proxy);
    if (good || verdict.kind === 'captcha') visitors.score(visitor, good);
    // What the target says counts for everybody; what we make up for ourselves does not.
    const told = verdict.kind === 'rate' ? retryAfterOf(fetched.headers) : undefined;
    if (told !== undefined) hosts.slowDown(url, told);
    // A challenge that plain HTTP cannot pass speaks against nobody.
    if (!turnedAway || (verdict.kind === 'challenge' && fetched.engine === 'http')) return;
    if (proxy !== undefined) {
      this.#avoid.add(proxy.id);
      for (const host of new Set([url.host, asked()])) proxies.ban(proxy, host, verdict.vendor);
    }
    await visitors.drop(visitor);
  }

  /** @throws Problem captcha_required where nobody can help, or where a person has to. */
  async #askForHelp(came: Came, visitor: Visitor): Promise<void> {
    const { pages, request, owner, signal, budget } = this.#parts;
    const { fetched, verdict } = came;
    const problem = problemFor({ do: 'fail', code: 'captcha_required' }, came, false);
    if (request.onCaptcha === 'handoff') {
      if (pages.tickets === undefined) throw problem;
      const { id } = await pages.tickets.open({ url: fetched.url, request, owner, visitor, verdict });
      throw handedOff(problem, id, visitor);
    }
    if (budget.triesLeft === 0 && !budget.addTry()) throw problem;
    const solution = await pages.solver
      ?.solve(
        {
          ...{ url: fetched.url, vendor: verdict.vendor, evidence: verdict.evidence },
          html: Buffer.from(fetched.body).toString('utf8'),
          ...{ userAgent: visitor.identity.userAgent, proxy: visitor.proxy?.url },
        },
        signal,
      )
      .catch(() => undefined);
    signal.throwIfAborted();
    if (solution === undefined) throw problem;
    for (const line of solution.cookies) visitor.cookies.setCookie(line, fetched.url);
  }
}
