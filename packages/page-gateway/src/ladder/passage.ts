// The way of one try from hop to hop: before each, what robots.txt says is heeded and a slot at the host is waited for; the
// slot of the hop before is given back.
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Politeness, RobotsRules } from './seams.js';

/** The name by which robots.txt may call us. */
export const userAgentToken = 'ErrandPageGateway';

export interface PassageParts {
  readonly request: PageRequest;
  readonly robots: RobotsRules;
  readonly hosts: Politeness;
  readonly signal: AbortSignal;
  readonly timeLeft: () => number;
}

export class Passage {
  readonly #parts: PassageParts;
  #release: (() => void) | undefined;
  /** Whether any hop was let through. */
  begun = false;
  /** Whether a hop was not let through. */
  refused = false;
  /** Whether robots.txt disallows one of the hops. */
  disallowed = false;

  constructor(parts: PassageParts) {
    this.#parts = parts;
  }

  /** @throws Problem robots_disallowed, or what politeness throws. */
  async enter(url: URL): Promise<void> {
    this.leave();
    this.refused = true;
    await this.#ask(url);
    this.refused = false;
    this.begun = true;
  }

  async #ask(url: URL): Promise<void> {
    const { request, robots, hosts, signal, timeLeft } = this.#parts;
    let crawlDelay: number | undefined;
    if (request.robots !== 'ignore') {
      const answer = await robots.check(url, userAgentToken, signal);
      crawlDelay = answer.crawlDelay;
      if (!answer.allowed) {
        this.disallowed = true;
        if (request.robots === 'obey') throw disallowed(url, answer);
      }
    }
    this.#release = await hosts.turn(url, signal, { timeout: timeLeft(), crawlDelay });
  }

  /** Gives the slot back. */
  leave(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

function disallowed(
  url: URL,
  { state, rule }: { readonly state?: string; readonly rule?: string | undefined },
): Problem {
  const why =
    state === 'failing'
      ? `${url.host} cannot give its robots.txt now, which disallows all of it for a while.`
      : `robots.txt of ${url.host} disallows ${url.pathname}${rule === undefined ? '' : ` (${rule})`}.`;
  return new Problem('robots_disallowed', why, { retryable: state === 'failing' });
}
