/**
 * What a route of Discord's REST API is here, and how a request finds its own: by path first (404), then by method (405).
 */
import { type Refusal, refuse } from '../refusal.js';
import type { World } from '../world/world.js';
import type { Body } from './body.js';
import type { Allowance } from './rate-limits.js';

export interface Call {
  readonly world: World;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** `ws://host:port/gateway`, as this caller reaches it. */
  readonly gateway: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/channels/:channel/messages` */
  readonly path: string;
  /** Whether it needs the bot's token; those with a token of their own in the path do not. Default true. */
  readonly auth?: boolean;
  readonly allowance?: Allowance;
  handle(call: Call): Answer;
}

/** Of a route that does not say. Discord publishes none; this is near to what it answers. */
export const ORDINARY: Allowance = { limit: 30, window: 1_000 };

/** Parts of a path that have a bucket each: `:channel`, `:guild`, `:token`. */
const MAJOR = ['channel', 'guild', 'token'];

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly major: string;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

export class Routes {
  readonly #byLength = new Map<number, Compiled[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.path.slice(1).split('/');
      const peers = this.#byLength.get(segments.length) ?? [];
      this.#byLength.set(segments.length, [...peers, { route, segments }]);
    }
  }

  /** `path` begins with `/`, without the version. What is not there is the refusal that Discord answers. */
  find(method: string, path: string): Match | Refusal {
    const given = path.slice(1).split('/');
    const fitting = (this.#byLength.get(given.length) ?? []).filter(({ segments }) =>
      segments.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index])),
    );
    if (fitting.length === 0) return refuse.notFound();
    const found = fitting.find(({ route }) => route.method === method);
    if (!found) return refuse.methodNotAllowed();
    const params: Record<string, string> = {};
    for (const [index, segment] of found.segments.entries()) {
      if (segment.startsWith(':')) params[segment.slice(1)] = given[index]!;
    }
    return { route: found.route, params, major: MAJOR.map((key) => params[key] ?? '').join(':') };
  }
}

export const NO_CONTENT: Answer = { status: 204 };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}
