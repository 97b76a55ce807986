// One place for the page's state: components read parts of it and draw again only when their part changed.
// Changes from the sandbox arrive in bursts, so they are applied once per frame.
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { ToPage } from '../../src/playground/protocol.js';
import { initial, receive, type State } from './model.js';

let state: State = initial;
let pending: ToPage[] = [];
const listeners = new Set<() => void>();

export const current = (): State => state;

export function update(change: (state: State) => State): void {
  const next = change(state);
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener();
}

export function enqueue(message: ToPage): void {
  if (pending.push(message) > 1) return;
  // A hidden tab draws no frames, and its state must not pile up.
  if (document.hidden) setTimeout(flush, 100);
  else requestAnimationFrame(flush);
}

function flush(): void {
  const messages = pending;
  pending = [];
  update((before) => messages.reduce((next, message) => receive(next, message, Date.now()), before));
}

export function useStore<T>(select: (state: State) => T): T {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const selector = useRef(select);
  selector.current = select;
  const value = select(state);
  const drawn = useRef(value);
  drawn.current = value;
  useLayoutEffect(() => {
    const listener = (): void => {
      if (!Object.is(selector.current(state), drawn.current)) redraw(undefined as never);
    };
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return value;
}
