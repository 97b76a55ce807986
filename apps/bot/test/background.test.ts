import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Rounds } from '../src/background/rounds.js';
import { Store } from '../src/background/store.js';

describe('rounds', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  interface Job {
    dueAt: number;
    visits: number;
    under: number;
  }

  it('visits every job when it is due, no job twice at once, and no more at once than it may', async () => {
    const shape = fc.record({ every: fc.integer({ min: 1, max: 50 }), takes: fc.integer({ min: 0, max: 70 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        async (given, most) => {
          const jobs = given.map((each) => ({ ...each, dueAt: Date.now() + each.every, visits: 0, under: 0 }));
          let atOnce = 0;
          const visit = async (job: Job & { every: number; takes: number }) => {
            expect(Date.now()).toBeGreaterThanOrEqual(job.dueAt);
            job.under += 1;
            atOnce += 1;
            expect([job.under, atOnce <= most]).toEqual([1, true]);
            await new Promise((resolve) => setTimeout(resolve, job.takes));
            job.visits += 1;
            job.under -= 1;
            atOnce -= 1;
            job.dueAt = Date.now() + job.every;
          };
          const rounds = new Rounds(() => jobs, visit, most);
          rounds.look();
          await vi.advanceTimersByTimeAsync(2000);
          for (const job of jobs) expect(job.visits).toBeGreaterThan(0);
          const stopped = rounds.stop();
          await vi.advanceTimersByTimeAsync(100);
          await stopped;
          expect([atOnce, vi.getTimerCount()]).toEqual([0, 0]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells those under way that it stops, waits for them, and starts nothing more', async () => {
    const job = { dueAt: 0 };
    const visit = vi.fn(
      (_job: { dueAt: number }, signal: AbortSignal) =>
        new Promise<void>((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 20))),
    );
    const rounds = new Rounds(() => [job], visit);
    rounds.look();
    let done = false;
    const stopped = rounds.stop().then(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(10);
    await stopped;
    rounds.look();
    expect(visit).toHaveBeenCalledTimes(1);
  });

  it('sees a job that came while it slept', async () => {
    const jobs = [{ dueAt: Date.now() + 90 * 86_400_000 }];
    const visited: number[] = [];
    const rounds = new Rounds(
      () => jobs,
      async (job) => {
        visited.push(jobs.indexOf(job));
        job.dueAt = Number.MAX_SAFE_INTEGER;
      },
    );
    rounds.look();
    jobs.push({ dueAt: Date.now() + 10 });
    rounds.look();
    await vi.advanceTimersByTimeAsync(10);
    expect(visited).toEqual([1]);
    await rounds.stop();
  });
});

describe('store', () => {
  const shape = z.object({ id: z.string(), value: z.number() });
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'errand-store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps the newest of each item, whatever was written at once', async () => {
    const store = new Store(folder, shape);
    const writes = Array.from({ length: 30 }, (_, value) => store.put({ id: `item${value % 3}`, value }));
    writes.push(store.drop('item0'));
    await Promise.all(writes);
    const kept = await new Store(folder, shape).load(() => undefined);
    expect(kept.sort((a, b) => a.value - b.value)).toEqual([
      { id: 'item1', value: 28 },
      { id: 'item2', value: 29 },
    ]);
    expect((await readdir(folder)).sort()).toEqual(['item1.json', 'item2.json']);
  });

  it('puts aside what it cannot understand, and keeps the rest', async () => {
    const store = new Store(folder, shape);
    await store.put({ id: 'good', value: 1 });
    await writeFile(join(folder, 'half.json'), '{"id": "half", "va');
    await writeFile(join(folder, 'left-over.json.new'), '{');
    const warnings: string[] = [];
    expect(await store.load((line) => warnings.push(line))).toEqual([{ id: 'good', value: 1 }]);
    expect(warnings).toHaveLength(1);
    expect(await readFile(join(folder, 'half.json.unreadable'), 'utf8')).toContain('half');
  });

  it('says so when it cannot write, and goes on', async () => {
    const store = new Store(join(folder, 'missing'), shape);
    await expect(store.put({ id: 'a', value: 1 })).rejects.toThrow('ENOENT');
    await store.load(() => undefined);
    await store.put({ id: 'a', value: 2 });
    expect(await store.load(() => undefined)).toEqual([{ id: 'a', value: 2 }]);
  });
});
