// Turns at hosts in real time: many callers together, callers who leave or have no time, hosts that are told apart, and
// nothing left behind.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collectedHeap } from '../../errand/test/support/collected-heap.js';
import { Problem } from '../src/core/problem.js';
import { Hosts } from '../src/politeness/hosts.js';

const page = new URL('https://shop.example/page');

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('many callers', () => {
  test('are four at once at a host by default, and each host has its own line', async () => {
    const hosts = new Hosts();
    const releases = await Promise.all(Array.from({ length: 4 }, () => hosts.turn(page)));
    let fifth = false;
    const waiting = hosts.turn(new URL('http://shop.example/other')).then((release) => {
      fifth = true;
      return release;
    });
    const elsewhere = await hosts.turn(new URL('https://shop.example:8443/'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fifth).toBe(false);
    expect(hosts.waiting).toBe(1);
    expect(hosts.report()).toEqual([
      { host: 'shop.example', running: 4, waiting: 1, delayMs: 0, pausedUntil: undefined },
      { host: 'shop.example:8443', running: 1, waiting: 0, delayMs: 0, pausedUntil: undefined },
    ]);
    releases[0]?.();
    releases[0]?.();
    for (const release of [await waiting, ...releases, elsewhere]) release();
    expect(hosts.report()).toEqual([]);
  });

  test('start as far apart as is wanted', async () => {
    const hosts = new Hosts({ concurrency: 100, delay: 50 });
    const starts: number[] = [];
    const done = Promise.all(
      Array.from({ length: 5 }, async () => {
        const release = await hosts.turn(page, undefined, { crawlDelay: 200 });
        starts.push(performance.now());
        release();
      }),
    );
    await vi.advanceTimersByTimeAsync(2_000);
    await done;
    const gaps = starts.slice(1).map((start, at) => start - (starts[at] as number));
    expect(gaps.every((gap) => gap >= 200 && gap < 205)).toBe(true);
  });
});

describe('a host that wants to be left alone', () => {
  test('is not asked before that; whoever has less time is told when', async () => {
    const hosts = new Hosts();
    hosts.slowDown(page, 30_000);
    const refused = await hosts.turn(page, undefined, { timeout: 10_000 }).catch((error) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ code: 'target_rate_limited', status: 503, retryAfter: 30, retryable: true });
    expect(refused.message).toContain('shop.example');
    expect(hosts.report()).toMatchObject([
      { host: 'shop.example', pausedUntil: new Date(Date.now() + 30_000).toISOString() },
    ]);
    let asked = false;
    const turn = hosts.turn(page, undefined, { timeout: 60_000 }).then((release) => {
      asked = true;
      release();
    });
    await vi.advanceTimersByTimeAsync(29_990);
    expect(asked).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    await turn;
    expect(asked).toBe(true);
  });

  test('refuses those who wait already, when it says so', async () => {
    const hosts = new Hosts({ concurrency: 1 });
    const release = await hosts.turn(page);
    const waiting = hosts.turn(page, undefined, { timeout: 5_000 });
    hosts.slowDown(page, 20_000);
    await expect(waiting).rejects.toMatchObject({ code: 'target_rate_limited', retryAfter: 20 });
    release();
  });

  test('is believed for an hour at most', async () => {
    const hosts = new Hosts();
    hosts.slowDown(page, Number.POSITIVE_INFINITY);
    await expect(hosts.turn(page, undefined, { timeout: 1_000 })).rejects.toMatchObject({ retryAfter: 3_600 });
  });
});

describe('callers who leave', () => {
  test('give up their place, and leave nothing behind', async () => {
    const hosts = new Hosts({ concurrency: 1, delay: 1_000 });
    const release = await hosts.turn(page);
    const leaving = new AbortController();
    const removed = vi.spyOn(leaving.signal, 'removeEventListener');
    const left = hosts.turn(page, leaving.signal);
    const next = hosts.turn(page, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(next).rejects.toThrow('gone');
    expect(removed).toHaveBeenCalledTimes(2);
    expect(hosts.waiting).toBe(0);
    await expect(hosts.turn(page, leaving.signal)).rejects.toThrow('gone');
    release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hosts.report()).toEqual([]);
  });
});

test('too many are refused, over all hosts', async () => {
  const hosts = new Hosts({ concurrency: 1, maxWaiting: 2 });
  const urls = ['https://a.example/', 'https://b.example/'].map((each) => new URL(each));
  const releases = await Promise.all(urls.map((url) => hosts.turn(url)));
  const waiting = urls.map((url) => hosts.turn(url));
  await expect(hosts.turn(urls[0] as URL)).rejects.toMatchObject({ code: 'overloaded', status: 503, retryAfter: 1 });
  for (const release of releases) release();
  for (const release of await Promise.all(waiting)) release();
});

test('hosts that nobody asks any more are forgotten', async () => {
  const hosts = new Hosts();
  const before = collectedHeap();
  for (let at = 0; at < 50_000; at++) (await hosts.turn(new URL(`https://h${at}.example/`)))();
  expect(collectedHeap() - before).toBeLessThan(10_000_000);
});
