// Everything that is under way to open one socket, so that one call lets go of all of it at once: no timer, socket or
// listener outlives an opening that failed or is no longer wanted.
import type { Socket } from 'node:net';
import { type ErrandError, TimeoutError } from '../../errors.js';

/** Starts something; gives back what lets go of it. That is called once, whether it succeeded, failed or is abandoned. */
type Begin<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void;

export class Scope {
  readonly #waits = new Set<(error: ErrandError) => void>();
  readonly #sockets = new Set<Socket>();
  #failure: ErrandError | undefined;
  /** What is being waited for, to be named where the time runs out. */
  stage: (() => ErrandError) | undefined;

  /** The socket belongs to the opening until {@link release}; its errors are never unheard. */
  own<S extends Socket>(socket: S): S {
    socket.on('error', unheard);
    if (this.#failure === undefined) this.#sockets.add(socket);
    else socket.destroy();
    return socket;
  }

  /** The socket is the outcome, or of no more use. */
  release(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  /** Waits for what `begin` starts, or for the end of the opening. */
  wait<T>(begin: Begin<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      let letGo: (() => void) | undefined;
      let settled = false;
      const settle = () => {
        settled = true;
        this.#waits.delete(end);
        letGo?.();
      };
      const end = (error: unknown) => {
        if (settled) return;
        settle();
        reject(error);
      };
      this.#waits.add(end);
      letGo = begin((value) => {
        if (settled) return;
        settle();
        resolve(value);
      }, end);
      if (settled) letGo();
    });
  }

  /** Ends the opening: what waits is rejected, every socket is destroyed. The first reason counts. */
  end(error: ErrandError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (error instanceof TimeoutError && this.stage !== undefined) error.cause ??= this.stage();
    for (const wait of [...this.#waits]) wait(error);
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}

function unheard(): void {}
