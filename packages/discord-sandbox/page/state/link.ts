// The page's one connection to the sandbox: it comes back by itself after a loss, enters again as the same user, and
// fails every question that was under way, so that nothing waits for an answer that cannot come.
import type { FromPage, ToPage } from '../../src/playground/protocol.js';
import { preferredLocale } from './locales.js';
import { remember, remembered } from './remembered.js';
import { enqueue, update } from './store.js';

type Asking = Extract<FromPage, { request: number }>;
type Question = Asking extends infer Each ? (Each extends Asking ? Omit<Each, 'request'> : never) : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const RETRY = { first: 250, most: 4_000 };
const waiting = new Map<number, Waiting>();
let socket: WebSocket | undefined;
let delay = RETRY.first;
let count = 0;

export function connect(): void {
  const opened = new WebSocket(new URL('/playground/socket', location.href.replace(/^http/, 'ws')));
  socket = opened;
  opened.addEventListener('open', () => {
    delay = RETRY.first;
    enter();
  });
  opened.addEventListener('message', (event) => take(JSON.parse(String(event.data)) as ToPage));
  opened.addEventListener('close', () => {
    if (socket !== opened) return;
    update((state) => ({ ...state, link: state.link === 'connecting' ? 'connecting' : 'lost' }));
    for (const { reject } of waiting.values()) reject(new Error('The sandbox is away.'));
    waiting.clear();
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, RETRY.most);
  });
}

/** Becomes a user: the answer is a snapshot of what that user sees. */
export function enter(user = remembered('user'), locale = preferredLocale()): void {
  remember('user', user);
  remember('locale', locale);
  update((state) => ({ ...state, locale }));
  send({ type: 'enter', user, locale });
}

export function ask(question: Question): Promise<unknown> {
  const request = ++count;
  return new Promise((resolve, reject) => {
    waiting.set(request, { resolve, reject });
    if (!send({ ...question, request } as Asking)) {
      waiting.delete(request);
      reject(new Error('The sandbox is away.'));
    }
  });
}

export function send(message: FromPage): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

function take(message: ToPage): void {
  if (message.type !== 'result') {
    enqueue(message);
    return;
  }
  const asked = waiting.get(message.request);
  waiting.delete(message.request);
  if (message.error === undefined) asked?.resolve(message.value);
  else asked?.reject(new Error(message.error));
}
