// Tickets by themselves, with a page that only plays one: how they wait, are shared, handed over, and come to an end.
import { CookieJar } from 'errand';
import { afterEach, expect, test, vi } from 'vitest';
import { Problem } from '../src/core/problem.js';
import type { Visitor } from '../src/core/visitor.js';
import { readActs } from '../src/tickets/acts.js';
import { type NewTicket, Tickets, type TicketsOptions } from '../src/tickets/tickets.js';
import { judge } from '../src/verdict/judge.js';
import { pageRequest } from './support/page-request.js';
import { PlayedPage } from './support/played-page.js';

afterEach(() => {
  vi.useRealTimers();
});

const visitor = { id: 's', sticky: true, proxy: undefined, cookies: new CookieJar() } as unknown as Visitor;
const captcha = { kind: 'captcha', vendor: 'datadome', confidence: 1, evidence: ['seen'], retry: 'human' } as const;

function desk(options: Partial<TicketsOptions> = {}) {
  const pages: PlayedPage[] = [];
  const handed: string[] = [];
  const tickets = new Tickets({
    livePage: async () => {
      const page = new PlayedPage();
      pages.push(page);
      return page;
    },
    visitors: {
      visitorFor: async () => visitor,
      handOff: async () => {
        handed.push('taken');
        return () => void handed.push('given back');
      },
    },
    judge,
    ...options,
  });
  const open = (change: Partial<NewTicket> & { session?: string } = {}) => {
    const { session = 's', ...rest } = change;
    const request = pageRequest('http://site.test/a', { session, onCaptcha: 'handoff' });
    return tickets.open({ url: 'http://site.test/a', request, owner: 'k', visitor, verdict: captcha, ...rest });
  };
  return { tickets, pages, handed, open };
}

const signal = new AbortController().signal;
const admin = { id: 'other', scopes: ['admin'] };

test('a ticket waits, is told to its owner and to admins, and to nobody else', async () => {
  const { tickets, open } = desk();
  const { id } = await open();
  const view = tickets.get(id, { id: 'k', scopes: [] });
  expect(Object.keys(view).sort()).toEqual(['created', 'expires', 'id', 'state', 'url', 'vendor']);
  expect(view).toMatchObject({ id, url: 'http://site.test/a', vendor: 'datadome', state: 'waiting' });
  expect(Date.parse(view.expires) - Date.parse(view.created)).toBe(15 * 60_000);
  expect(tickets.get(id, admin)).toEqual(view);
  expect(tickets.list()).toEqual([view]);
  expect(() => tickets.get(id, { id: 'stranger', scopes: [] })).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('calls of one session before the same host share a ticket; others have their own', async () => {
  const { tickets, open } = desk();
  const first = await open();
  expect(await open({ url: 'http://site.test/b' })).toEqual(first);
  for (const other of [{ owner: 'k2' }, { session: 't' }, { url: 'http://other.test/' }])
    expect(await open(other)).not.toEqual(first);
  await tickets.dismiss(first.id);
  expect(await open()).not.toEqual(first);
});

test('a person sees pictures as they change, acts in order, and the visitor is theirs for so long', async () => {
  const { tickets, pages, handed, open } = desk();
  const { id } = await open();
  const first = await tickets.picture(id, 0, signal);
  expect(first).toMatchObject({ number: 1 });
  expect(tickets.get(id, admin).state).toBe('open');
  expect(handed).toEqual(['taken']);
  const next = tickets.picture(id, 1, signal);
  const [page] = pages as [PlayedPage];
  page.look = 'second';
  expect(await next).toMatchObject({ number: 2, png: new TextEncoder().encode('second') });
  await tickets.act(id, readActs([{ pointer: 'down', x: 1, y: 2 }, { pointer: 'up', x: 3, y: 4 }, { type: 'word' }]));
  await tickets.act(id, readActs([{ press: 'Enter' }, { scroll: -5 }, { reload: true }]));
  expect(page.done).toEqual(['down 1 2', 'up 3 4', 'type word', 'press Enter', 'scroll -5', 'reload']);
  await expect(tickets.act(id, [{ press: 'Nonsense' }])).rejects.toMatchObject({ code: 'bad_parameter' });
  expect(await tickets.solve(id, false)).toEqual({ state: 'solved', still: null });
  expect(handed).toEqual(['taken', 'given back']);
  expect(pages).toHaveLength(1);
  await expect(tickets.picture(id, 0, signal)).rejects.toThrow('it is solved');
});

test('acts of other kinds, or without end, are refused', () => {
  for (const wrong of [
    undefined,
    [],
    [{ evaluate: 'x' }],
    [{ pointer: 'down', x: -1, y: 0 }],
    [{ pointer: 'down', x: Number.NaN, y: 0 }],
    [{ type: 'x'.repeat(1001) }],
    [{ scroll: 1e9 }],
    Array.from({ length: 201 }, () => ({ press: 'a' })),
  ])
    expect(() => readActs(wrong)).toThrow(Problem);
});

test('a page that still looks like a captcha is solved only by who is sure', async () => {
  const { tickets, pages, open } = desk();
  const { id } = await open();
  await tickets.picture(id, 0, signal);
  (pages[0] as PlayedPage).text =
    "<script>var dd={'rt':'c','t':'fe','host':'geo.captcha-delivery.com'}</script><script src='https://ct.captcha-delivery.com/c.js'></script>";
  expect(await tickets.solve(id, false)).toEqual({ state: 'open', still: 'captcha' });
  expect(await tickets.solve(id, true)).toEqual({ state: 'solved', still: null });
});

test('whoever waits for its end is told: solved, or not in time', async () => {
  vi.useFakeTimers();
  const { tickets, handed, open } = desk();
  const [one, two, three] = [await open(), await open({ session: 'b' }), await open({ session: 'c' })];
  const ends = [one, two, three].map(({ id }) => tickets.ended(id, signal));
  const leaving = new AbortController();
  const left = tickets.ended(one.id, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await tickets.solve(one.id, true);
  await tickets.dismiss(two.id);
  await vi.advanceTimersByTimeAsync(15 * 60_000);
  expect(await Promise.all(ends)).toEqual(['solved', 'expired', 'expired']);
  expect(tickets.list().map(({ state }) => state)).toEqual(['expired', 'dismissed', 'solved']);
  expect(await tickets.ended(one.id, signal)).toBe('solved');
  expect(await tickets.ended('tkt_unknown', signal)).toBe('expired');
  expect(handed).toEqual([]);
});

test('a person who goes away leaves a ticket that waits, and a visitor who is free', async () => {
  vi.useFakeTimers();
  const { tickets, pages, handed, open } = desk({ patience: 1000 });
  const { id } = await open();
  await tickets.picture(id, 0, signal);
  await vi.advanceTimersByTimeAsync(1000);
  expect(tickets.get(id, admin).state).toBe('waiting');
  expect(handed).toEqual(['taken', 'given back']);
  await tickets.picture(id, 0, signal);
  expect(pages).toHaveLength(2);
  await (pages[1] as PlayedPage).close();
  await vi.advanceTimersByTimeAsync(0);
  expect(tickets.get(id, admin).state).toBe('waiting');
  expect(handed).toHaveLength(4);
});

test('a live page that cannot be opened gives the visitor back, and the ticket waits on', async () => {
  const refuse = new Problem('overloaded', 'no room');
  const { tickets, handed, open } = desk({ livePage: async () => Promise.reject(refuse) });
  const { id } = await open();
  await expect(tickets.picture(id, 0, signal)).rejects.toBe(refuse);
  expect(tickets.get(id, admin).state).toBe('waiting');
  expect(handed).toEqual(['taken', 'given back']);
  const { tickets: off, open: openOff } = desk({ livePage: undefined });
  await expect(off.picture((await openOff()).id, 0, signal)).rejects.toThrow('Rendering is off');
});

test('no more wait than there is room for, and the end of the service ends them all', async () => {
  const { tickets, handed, open } = desk({ limit: 2 });
  const ids: string[] = [];
  for (const session of ['a', 'b', 'c']) ids.push((await open({ session })).id);
  expect(ids.map((id) => tickets.get(id, admin).state)).toEqual(['expired', 'waiting', 'waiting']);
  await tickets.picture(ids[1] as string, 0, signal);
  const ended = tickets.ended(ids[2] as string, signal);
  await tickets.close();
  expect(await ended).toBe('expired');
  expect(handed).toEqual(['taken', 'given back']);
});
