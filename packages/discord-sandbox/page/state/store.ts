// One place for the page's state: components read parts of it and draw again only when their part changed.
// Changes from the sandbox arrive in bursts, so they are applied once per frame.
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { ToPage } from '../../src/playground/protocol.js';
import { initial, receive, type State } from './model.js';

let state: State = initial;
let pending: ToPage[] = [];
let flooded = false;
const listeners = new Set<() => void>();

export const current = (): State => state;

export function update(change: (state: State) => State): void {
  const next = change(state);
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener();
}

/** A flood is drawn a few times a second, so that the page leaves the machine to the bot. */
const FLOOD = { messages: 12, pause: 200 };

export function enqueue(message: ToPage): void {
  if (pending.push(message) > 1 || flooded) return;
  // A hidden tab draws no frames, and its state must not pile up.
  if (document.hidden) setTimeout(flush, FLOOD.pause);
  else requestAnimationFrame(flush);
}

function flush(): void {
  const messages = pending;
  pending = [];
  flooded = messages.length >= FLOOD.messages;
  if (flooded) setTimeout(flush, FLOOD.pause);
  if (messages.length === 0) return;
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
