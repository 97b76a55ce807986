// What the page knows, in one place: who looks, the calls, and the state of all rooms. Views read it and are drawn anew when
// it changes, at most once a frame.
import { useEffect, useReducer } from 'preact/hooks';
import type { Call, Me, State } from '../../src/dashboard/protocol.js';
import { ask, Refusal, turnedOut } from './ask.js';
import { listen } from './stream.js';

export interface Known {
  /** Undefined: nobody has told us yet. */
  readonly me: Me | undefined;
  readonly link: 'starting' | 'up' | 'lost';
  /** Why the service does not talk to this page at all. */
  readonly refused: string | undefined;
  /** The newest first. */
  readonly calls: readonly Call[];
  readonly state: State | undefined;
  /** Calls are not renewed while somebody reads. */
  readonly held: boolean;
}

const most = 300;
let known: Known = { me: undefined, link: 'starting', refused: undefined, calls: [], state: undefined, held: false };
let waiting: Call[] = [];
let drawing = false;
let stop = (): void => {};
const viewers = new Set<() => void>();

function update(change: Partial<Known>): void {
  known = { ...known, ...change };
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const draw of viewers) draw();
  });
}

export function useKnown(): Known {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const viewer = () => draw(undefined);
    viewers.add(viewer);
    return () => viewers.delete(viewer);
  }, []);
  return known;
}

export function keyOf({ id, began }: Call): string {
  return `${id} ${began}`;
}

function take(changed: readonly Call[]): void {
  if (known.held) {
    waiting.push(...changed);
    waiting = waiting.slice(-most);
    return;
  }
  const calls = new Map(known.calls.map((call) => [keyOf(call), call]));
  for (const call of changed) calls.set(keyOf(call), call);
  update({ calls: [...calls.values()].sort((one, other) => other.began - one.began).slice(0, most) });
}

/** Holds the list of calls still, or lets it go on. */
export function hold(held: boolean): void {
  update({ held });
  if (held) return;
  const missed = waiting;
  waiting = [];
  take(missed);
}

export async function start(): Promise<void> {
  turnedOut.addEventListener('out', () => known.me !== undefined && out());
  for (;;) {
    try {
      enter(await ask<Me>('me'));
      return;
    } catch (error) {
      update({ link: 'lost', refused: error instanceof Refusal && error.status !== 0 ? error.message : undefined });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}

/** Somebody has signed in, or nobody needs to. */
export function enter(me: Me): void {
  stop();
  update({ me, link: 'starting', calls: [], state: undefined });
  if (me.name === null) return;
  stop = listen(
    (event, data) => {
      if (event === 'state') update({ state: data as State });
      else if (event === 'changed') take(data as readonly Call[]);
      else {
        update({ calls: [] });
        take(data as readonly Call[]);
      }
    },
    (up) => update({ link: up ? 'up' : 'lost' }),
  );
}

function out(): void {
  if (known.me?.name === null) return;
  stop();
  update({ me: { ...(known.me as Me), name: null }, calls: [], state: undefined });
}

export async function signOut(): Promise<void> {
  enter(await ask<Me>('sign-out', { method: 'POST' }));
}
