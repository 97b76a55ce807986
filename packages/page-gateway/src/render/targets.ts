// A page and everything that runs on its behalf (frames in other processes, workers), as one tree of DevTools targets. Each
// is held until it has been set up, so that nothing in it runs or asks for anything before.
import type { CDPSession } from 'playwright-core';

export type Params = Record<string, unknown>;

/** One target: the page itself, a frame in a process of its own, or a worker. */
export interface Target {
  /** 'page', 'iframe', 'worker', … */
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is the protocol's to say
  send(method: string, params?: Params): Promise<any>;
}

export interface TargetsOptions {
  /** Sets a new target up; what it throws is of no consequence. */
  readonly setUp: (target: Target) => Promise<unknown>;
  readonly onEvent: (target: Target, method: string, params: Params) => void;
  /** Events of the protocol that are told, beside those of the tree itself. */
  readonly events: readonly string[];
}

interface Child extends Target {
  received(message: string): void;
}

export class Targets {
  readonly root: Target;
  readonly #options: TargetsOptions;
  readonly #children = new Map<string, Child>();
  #lastId = 0;

  constructor(cdp: CDPSession, options: TargetsOptions) {
    this.#options = options;
    const raw = cdp as unknown as {
      send(method: string, params?: Params): Promise<unknown>;
      on(event: string, listener: (params: Params) => void): void;
    };
    this.root = { type: 'page', send: (method, params) => raw.send(method, params) };
    for (const event of [...options.events, ...treeEvents]) {
      raw.on(event, (params) => this.#heard(this.root, event, params));
    }
  }

  /** Sets the page up, and holds what comes from now on until it is set up too. */
  async begin(): Promise<void> {
    await Promise.all([this.#options.setUp(this.root), this.root.send('Target.setAutoAttach', attach)]);
  }

  #heard(target: Target, method: string, params: Params): void {
    if (method === 'Target.attachedToTarget') this.#attached(target, params as unknown as Attached);
    else if (method === 'Target.receivedMessageFromTarget') {
      this.#children.get(String(params.sessionId))?.received(String(params.message));
    } else if (method === 'Target.detachedFromTarget') this.#children.delete(String(params.sessionId));
    else this.#options.onEvent(target, method, params);
  }

  #attached(parent: Target, { sessionId, targetInfo }: Attached): void {
    const child = this.#childOf(parent, sessionId, targetInfo.type);
    this.#children.set(sessionId, child);
    const steps = [this.#options.setUp(child), child.send('Target.setAutoAttach', attach)];
    for (const step of steps) step.catch(() => {});
    // The protocol keeps to the order of its messages: the target goes on only after what it was told before.
    child.send('Runtime.runIfWaitingForDebugger').catch(() => {});
  }

  #childOf(parent: Target, sessionId: string, type: string): Child {
    const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
    const child: Child = {
      type,
      send: (method, params = {}) =>
        new Promise((resolve, reject) => {
          const id = ++this.#lastId;
          waiting.set(id, { resolve, reject });
          const message = JSON.stringify({ id, method, params });
          parent.send('Target.sendMessageToTarget', { sessionId, message }).catch((error: Error) => {
            waiting.delete(id);
            reject(error);
          });
        }),
      received: (text) => {
        const message = JSON.parse(text) as {
          id?: number;
          method?: string;
          params?: Params;
          error?: Error;
          result?: unknown;
        };
        if (message.id === undefined) {
          this.#heard(child, String(message.method), message.params ?? {});
          return;
        }
        const answer = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error === undefined) answer?.resolve(message.result);
        else answer?.reject(new Error(message.error.message));
      },
    };
    return child;
  }
}

interface Attached {
  readonly sessionId: string;
  readonly targetInfo: { readonly type: string };
}

const treeEvents = ['Target.attachedToTarget', 'Target.receivedMessageFromTarget', 'Target.detachedFromTarget'];
const attach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: false };
