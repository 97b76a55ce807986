// Connections for what is not HTTP: opened as all others are (resolved, guarded, through the proxy), then handed out. They
// are never pooled and never spoken over here; what is still open when the session closes is closed with it.
import type { Socket } from 'node:net';
import { AbortError, type ErrandError, SessionClosedError, TimeoutError } from '../errors.js';
import { follow, unfollow } from '../kit/abort-signals.js';
import { longestDelay } from '../kit/duration.js';
import { openSocket } from './connect/connect.js';
import type { ConnectPlan } from './connect/plan.js';

export class RawConnections {
  readonly #sockets = new Set<Socket>();
  readonly #openings = new Set<(error: ErrandError) => void>();
  #closed = false;

  /** @param limit Milliseconds. */
  async open(plan: ConnectPlan, limit: number, signal: AbortSignal | undefined): Promise<Socket> {
    if (this.#closed) throw new SessionClosedError();
    if (signal?.aborted) throw new AbortError(signal.reason);
    const { socket, cancel } = openSocket(plan, {});
    this.#openings.add(cancel);
    const timer =
      limit <= longestDelay ? setTimeout(() => cancel(new TimeoutError('connect', limit)), limit) : undefined;
    const follower = { aborted: (reason: unknown) => cancel(new AbortError(reason)) };
    if (signal !== undefined) follow(signal, follower);
    try {
      const opened = await socket;
      this.#sockets.add(opened);
      opened.once('close', () => this.#sockets.delete(opened));
      // Nothing may happen to a socket between here and its owner's listeners.
      if (opened.destroyed) this.#sockets.delete(opened);
      return opened;
    } finally {
      clearTimeout(timer);
      this.#openings.delete(cancel);
      if (signal !== undefined) unfollow(signal, follower);
    }
  }

  /** Closes everything; resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#openings) cancel(new SessionClosedError());
    const open = [...this.#sockets];
    const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const socket of open) socket.destroy();
    await Promise.all(closed);
  }
}
