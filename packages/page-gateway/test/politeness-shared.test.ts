// Gateways that share a host's turns, on a ledger in memory and a clock of the test's: all together as polite as one, also
// while the ledger is away, and nobody is left behind.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../src/core/problem.js';
import { Hosts } from '../src/politeness/hosts.js';
import { LedgerBook } from './support/ledger-book.js';

const page = new URL('https://shop.example/page');

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

function gateways(count: number, { concurrency = 4, delay = 0, latency = (): number => 1 } = {}) {
  const book = new LedgerBook(latency);
  const all = Array.from({ length: count }, () => new Hosts({ concurrency, delay, ledger: book.open(1 / count) }));
  return { book, all };
}

/** How a turn ended: what gives it back, or why there is none. */
const ended = (turn: Promise<() => void>) => {
  const outcome: { release?: () => void; error?: unknown } = {};
  turn.then(
    (release) => {
      outcome.release = release;
    },
    (error) => {
      outcome.error = error;
    },
  );
  return outcome;
};

describe('two gateways', () => {
  test('are four at once together; whoever leaves makes room at the other', async () => {
    const { book, all } = gateways(2);
    const [one, other] = all as [Hosts, Hosts];
    const here = Array.from({ length: 3 }, () => ended(one.turn(page)));
    await pass(5);
    const there = Array.from({ length: 3 }, () => ended(other.turn(page)));
    await pass(5_000);
    expect(here.map(({ release }) => release !== undefined)).toEqual([true, true, true]);
    expect(there.map(({ release }) => release !== undefined)).toEqual([true, false, false]);
    here[0]?.release?.();
    await pass(5);
    expect(there.map(({ release }) => release !== undefined)).toEqual([true, true, false]);
    for (const each of here) each.release?.();
    await pass(5);
    for (const each of there) each.release?.();
    await pass(5);
    expect(book.held).toBe(0);
    expect([...one.report(), ...other.report()]).toEqual([]);
  });

  test('an idle host costs one claim to enter and one to leave', async () => {
    const { book, all } = gateways(1);
    const turn = ended((all[0] as Hosts).turn(page));
    await pass(2);
    turn.release?.();
    await pass(1_000);
    expect(book.claims).toBe(2);
  });

  test('a pause that one was told holds for both, and tells who cannot wait so long', async () => {
    const { all } = gateways(2);
    const [one, other] = all as [Hosts, Hosts];
    const patient = ended(other.turn(page));
    await pass(5);
    one.slowDown(page, 30_000);
    await pass(5);
    const hasty = ended(other.turn(page, undefined, { timeout: 10_000 }));
    const waits = ended(other.turn(page, undefined, { timeout: 40_000 }));
    await pass(5);
    expect(hasty.error).toBeInstanceOf(Problem);
    expect(hasty.error).toMatchObject({ code: 'target_rate_limited', retryAfter: 30 });
    await pass(29_900);
    expect(waits.release).toBeUndefined();
    await pass(200);
    expect(waits.release).toBeDefined();
    for (const each of [patient, waits]) each.release?.();
    await pass(5);
  });

  test('who waits already hears of a pause that the other gateway was told', async () => {
    const { all } = gateways(2, { concurrency: 1 });
    const [one, other] = all as [Hosts, Hosts];
    const held = ended(one.turn(page));
    await pass(5);
    const hasty = ended(other.turn(page, undefined, { timeout: 10_000 }));
    await pass(5);
    one.slowDown(page, 60_000);
    held.release?.();
    await pass(500);
    expect(hasty.error).toMatchObject({ code: 'target_rate_limited', retryAfter: 60 });
    await pass(60_000);
  });

  test('a caller who leaves does not keep the turn from those of another gateway', async () => {
    const { all } = gateways(3, { concurrency: 1 });
    const [one, other, third] = all as [Hosts, Hosts, Hosts];
    const held = ended(one.turn(page));
    await pass(5);
    const leaving = new AbortController();
    const gone = ended(other.turn(page, leaving.signal));
    await pass(5);
    const waits = ended(third.turn(page));
    await pass(5);
    leaving.abort(new Error('gone'));
    await pass(5);
    expect(gone.error).toMatchObject({ message: 'gone' });
    held.release?.();
    await pass(5);
    expect(waits.release).toBeDefined();
    waits.release?.();
    await pass(5);
  });

  test('starts are as far apart as is wanted, however long the answers take', async () => {
    const ways = [0, 5];
    const { all } = gateways(1, { delay: 40, latency: () => ways.shift() ?? 0 });
    const hosts = all[0] as Hosts;
    const first = ended(hosts.turn(page));
    const second = ended(hosts.turn(page));
    await pass(8);
    expect(first.release).toBeDefined();
    await pass(34);
    first.release?.();
    await pass(2);
    expect(second.release).toBeUndefined();
    await pass(10);
    expect(second.release).toBeDefined();
    second.release?.();
    await pass(100);
  });

  test('a turn that is held for long is told again before its lease is over', async () => {
    const { book, all } = gateways(2, { concurrency: 1 });
    const [one, other] = all as [Hosts, Hosts];
    const held = ended(one.turn(page));
    await pass(5);
    const waits = ended(other.turn(page));
    await pass(10 * book.lease);
    expect(waits.release).toBeUndefined();
    held.release?.();
    await pass(5);
    expect(waits.release).toBeDefined();
    waits.release?.();
    await pass(5);
  });

  test('each keeps to its share while the ledger is away, and for a moment after', async () => {
    const { book, all } = gateways(2);
    book.leave();
    let running = 0;
    let most = 0;
    const visit = async (hosts: Hosts) => {
      const release = await hosts.turn(page);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running--;
      release();
    };
    const visits = (each: number) =>
      Promise.all(all.flatMap((hosts) => Array.from({ length: each }, () => visit(hosts))));
    const away = visits(60);
    await pass(500);
    expect([running, most]).toEqual([4, 4]);
    // Empty, as after a restart: what both hold is not known to it yet.
    const back = book.comeBack();
    await pass(5_000);
    await Promise.all([away, back]);
    expect(most).toBe(4);
    const [one] = all as [Hosts, Hosts];
    const alone = Array.from({ length: 4 }, () => ended(one.turn(page)));
    await pass(5);
    expect(alone.every(({ release }) => release !== undefined)).toBe(true);
    for (const each of alone) each.release?.();
    await pass(5);
  });

  test('when it is lost under load, those who held less wait until others have come down to their share', async () => {
    const { book, all } = gateways(2);
    const [one, other] = all as [Hosts, Hosts];
    const three = Array.from({ length: 3 }, () => ended(one.turn(page)));
    await pass(5);
    const last = ended(other.turn(page));
    const more = Array.from({ length: 3 }, () => ended(other.turn(page)));
    await pass(5);
    book.leave();
    last.release?.();
    await pass(1_000);
    // In the place of the one that left, and no more.
    expect(more.map(({ release }) => release !== undefined)).toEqual([true, false, false]);
    for (const each of three) each.release?.();
    await pass(1_000);
    expect(more.map(({ release }) => release !== undefined)).toEqual([true, true, false]);
    more[0]?.release?.();
    more[1]?.release?.();
    await pass(1);
    more[2]?.release?.();
    // Whoever comes to an idle host does not wait.
    const next = ended(one.turn(page));
    await pass(0);
    expect(next.release).toBeDefined();
    next.release?.();
    const back = book.comeBack();
    await pass(2_000);
    await back;
  });

  test('a ledger that came back empty hears what is held before more is asked of it', async () => {
    const { book, all } = gateways(2);
    const [one, other] = all as [Hosts, Hosts];
    const held = Array.from({ length: 4 }, () => ended(one.turn(page)));
    await pass(5);
    book.leave();
    const back = book.comeBack();
    await pass(1_600);
    await back;
    const waits = ended(other.turn(page));
    await pass(50);
    expect(waits.release).toBeUndefined();
    for (const each of held) each.release?.();
    await pass(5);
    expect(waits.release).toBeDefined();
    waits.release?.();
    await pass(5);
  });

  test('so does a ledger that came back before anybody here had asked for the host', async () => {
    const { book, all } = gateways(2);
    const [one, other] = all as [Hosts, Hosts];
    book.leave();
    const ways = [0, 100];
    const back = book.comeBack(() => ways.shift() as number);
    await pass(1);
    const there = Array.from({ length: 2 }, () => ended(other.turn(page)));
    const here = Array.from({ length: 4 }, () => ended(one.turn(page)));
    await pass(5);
    expect(there.map(({ release }) => release !== undefined)).toEqual([true, true]);
    expect(here.map(({ release }) => release !== undefined)).toEqual([true, true, false, false]);
    for (const each of there) each.release?.();
    await pass(1_700);
    await back;
    expect(here.every(({ release }) => release !== undefined)).toBe(true);
    for (const each of here) each.release?.();
    await pass(5);
  });

  test('closing tells what is held to the last', async () => {
    const { book, all } = gateways(1);
    const hosts = all[0] as Hosts;
    const turn = ended(hosts.turn(page));
    await pass(5);
    turn.release?.();
    const closed = hosts.close();
    await pass(5);
    await closed;
    await hosts.close();
    expect(book.held).toBe(0);
  });
});

type Step =
  | { readonly do: 'visit'; readonly at: number; readonly lasts: number; readonly patience: number }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'pause'; readonly at: number; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'away' };

const steps = (away: boolean): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('visit' as const),
          at: fc.nat(2),
          lasts: fc.nat(300),
          patience: fc.oneof(fc.integer({ min: 0, max: 800 }), fc.constant(Number.POSITIVE_INFINITY)),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), at: fc.nat(2), ms: fc.nat(700) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(200) }) },
      ...(away ? [{ weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const) }) }] : []),
    ),
    { maxLength: 60 },
  );

/** Ways there and back of up to so many milliseconds. */
const slowest = 5;

class Stage {
  readonly book: LedgerBook;
  readonly hosts: Hosts[];
  readonly starts: Array<{ readonly at: number; readonly gateway: number; readonly number: number }> = [];
  running = 0;
  most = 0;
  pausedUntil = 0;
  early = 0;
  #visits = 0;
  #away: Promise<void> | undefined;
  readonly #waiting = new Set<AbortController>();
  readonly #all: Promise<void>[] = [];

  constructor(count: number, limits: { concurrency: number; delay: number }, latencies: readonly number[]) {
    let at = 0;
    const made = gateways(count, { ...limits, latency: () => latencies[at++ % latencies.length] as number });
    this.book = made.book;
    this.hosts = made.all;
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'pass') await pass(step.ms);
    else if (step.do === 'visit') this.#all.push(this.#visit(step.at % this.hosts.length, step.lasts, step.patience));
    else if (step.do === 'abort') [...this.#waiting][step.which % Math.max(1, this.#waiting.size)]?.abort('gone');
    else if (step.do === 'away') this.leave(() => slowest);
    else {
      (this.hosts[step.at % this.hosts.length] as Hosts).slowDown(page, step.ms);
      // The word takes its way, behind one that is on its way already, and what was granted before comes through.
      await pass(4 * slowest);
      this.pausedUntil = Math.max(this.pausedUntil, performance.now() + step.ms - 4 * slowest);
    }
  }

  async end(): Promise<void> {
    await pass(60_000);
    let all = false;
    void Promise.all([...this.#all, this.#away]).then(() => {
      all = true;
    });
    await pass(10_000);
    expect(all).toBe(true);
    expect(this.hosts.map((hosts) => hosts.waiting)).toEqual(this.hosts.map(() => 0));
    expect(this.hosts.flatMap((hosts) => hosts.report())).toEqual([]);
    expect(this.book.held).toBe(0);
  }

  /** The ledger goes, comes back empty, and each notices when it does. */
  leave(notices: () => number): void {
    const back = async () => {
      this.book.leave();
      await new Promise((resolve) => setTimeout(resolve, 400));
      await this.book.comeBack(notices);
      this.#away = undefined;
    };
    this.#away ??= back();
  }

  async #visit(gateway: number, lasts: number, patience: number): Promise<void> {
    const number = this.#visits++;
    const leaving = new AbortController();
    this.#waiting.add(leaving);
    const timeout = Number.isFinite(patience) ? setTimeout(() => leaving.abort('late'), patience) : undefined;
    const options = timeout === undefined ? {} : { timeout: patience };
    try {
      const release = await (this.hosts[gateway] as Hosts).turn(page, leaving.signal, options);
      this.most = Math.max(this.most, ++this.running);
      if (performance.now() < this.pausedUntil) this.early++;
      this.starts.push({ at: performance.now(), gateway, number });
      await new Promise((resolve) => setTimeout(resolve, lasts));
      this.running--;
      release();
    } catch (error) {
      if (error instanceof Problem) expect(error.code).toBe('target_rate_limited');
      else expect(error).toMatch(/gone|late/);
    } finally {
      clearTimeout(timeout);
      this.#waiting.delete(leaving);
    }
  }
}

const settings = fc.record({
  count: fc.integer({ min: 2, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  delay: fc.constantFrom(0, 0, 40),
  latencies: fc.array(fc.integer({ min: 0, max: slowest }), { minLength: 1, maxLength: 20 }),
});

test('any schedule of two or three gateways keeps the rules, and ends with nobody left behind', async () => {
  const property = fc.asyncProperty(settings, steps(false), async ({ count, latencies, ...limits }, schedule) => {
    const stage = new Stage(count, limits, latencies);
    for (const step of schedule) await stage.take(step);
    await stage.end();
    expect(stage.most).toBeLessThanOrEqual(limits.concurrency);
    expect(stage.early).toBe(0);
    for (const [at, start] of stage.starts.entries()) {
      const before = stage.starts[at - 1];
      if (before !== undefined) expect(start.at - before.at).toBeGreaterThanOrEqual(limits.delay - slowest);
      const same = stage.starts.slice(0, at).filter(({ gateway }) => gateway === start.gateway);
      expect(same.every(({ number }) => number < start.number)).toBe(true);
      if (same.length > 0) expect(start.at - (same.at(-1)?.at ?? 0)).toBeGreaterThanOrEqual(limits.delay);
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

test('a ledger that goes and comes back empty leaves nobody behind', async () => {
  const property = fc.asyncProperty(settings, steps(true), async ({ count, latencies, ...limits }, schedule) => {
    const stage = new Stage(count, limits, latencies);
    for (const step of schedule) await stage.take(step);
    await stage.end();
    // In the worst case all was held by one gateway when each began to keep to its share.
    expect(stage.most).toBeLessThanOrEqual(limits.concurrency + Math.max(count, limits.concurrency));
  });
  await fc.assert(property, { numRuns: 150 });
});

test('a ledger that is away at first makes nobody impolite, however late each notices that it came', async () => {
  const notices = fc.array(fc.nat(900), { minLength: 3, maxLength: 3 });
  const away = fc.record({
    count: fc.integer({ min: 2, max: 3 }),
    concurrency: fc.integer({ min: 3, max: 7 }),
    notices,
  });
  const property = fc.asyncProperty(away, steps(false), async ({ count, concurrency, notices }, schedule) => {
    const stage = new Stage(count, { concurrency, delay: 0 }, [3]);
    let at = 0;
    stage.leave(() => notices[at++] as number);
    for (const step of schedule) await stage.take(step.do === 'pause' ? { do: 'pass', ms: step.ms } : step);
    await stage.end();
    expect(stage.most).toBeLessThanOrEqual(concurrency);
  });
  await fc.assert(property, { numRuns: 150 });
});
