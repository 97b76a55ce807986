// What the server stands on, as small shapes: it routes, reads and answers, and knows of nobody's insides.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Answer, AnswerOptions } from '../answers/answers.js';
import type { Calls } from '../answers/calls.js';
import type { PageRequest } from '../core/page-request.js';
import type { PageCall, PageDefaults } from '../parameters/read.js';
import type { Bounds } from './bounds.js';
import type { Drain } from './drain.js';

export interface Parts {
  readonly keys: KeyDoor;
  readonly answers: { get(request: PageRequest, options: AnswerOptions): Promise<Answer> };
  readonly calls: Calls;
  readonly proxies: { report(): unknown };
  readonly hosts: { report(): unknown };
  /** Calls that wait for their turn at a host, and for the browser. */
  readonly waiting: () => { readonly hosts: number; readonly browser: number };
  /** What this service cannot do without, and shares with others. */
  readonly shared?: { readonly reachable: boolean } | undefined;
  readonly defaults: PageDefaults;
  readonly log: Logger;
  readonly bounds?: Partial<Bounds>;
  /** Makes a job of a call with `async=true` or `callback`, and answers 202. */
  readonly jobs?: {
    accept(call: PageCall, key: Caller, request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  };
  readonly dashboard?: Dashboard;
  /** Further families of routes. */
  readonly routes?: readonly Routes[];
}

export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** Who may call. */
export interface KeyDoor {
  readonly open: boolean;
  identify(secret: string | undefined): Promise<Caller>;
  admit(key: Caller): Promise<{ release(): void }>;
  refund(keyId: string, count: number): Promise<void>;
  usage(key: Caller): Promise<unknown>;
}

export interface Dashboard {
  /** Answers `/` to a browser. */
  show(request: FastifyRequest, reply: FastifyReply): unknown;
}

/** One family of routes; each in its own file under routes/. */
export type Routes = (app: FastifyInstance, parts: Parts & { readonly drain: Drain }) => void;
