/**
 * The door of Discord's REST API: ordered faults, route, token, rate limit, body, answer; every answer is JSON with
 * rate-limit headers. Never lets an error of one request reach another, and never writes a token into an answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RestFault, RestFaults } from '../faults.js';
import { Refusal, refuse } from '../refusal.js';
import type { World } from '../world/world.js';
import { type Body, readBody } from './body.js';
import { RateLimits, type Verdict } from './rate-limits.js';
import { type Answer, type Match, ORDINARY, Routes } from './route.js';
import { commandRoutes } from './routes/commands.js';
import { directoryRoutes } from './routes/directory.js';
import { interactionRoutes } from './routes/interactions.js';
import { messageRoutes } from './routes/messages.js';
import { webhookRoutes } from './routes/webhooks.js';

const DRAINED = 64 * 1024 * 1024;

export interface RestOptions {
  readonly world: World;
  readonly faults: RestFaults;
  readonly token: string;
  /** `host:port`, for callers who name none. */
  address(): string;
}

export class Rest {
  readonly #options: RestOptions;
  readonly #limits = new RateLimits();
  readonly #stalled = new Set<() => void>();
  readonly #routes = new Routes([
    ...interactionRoutes,
    ...webhookRoutes,
    ...commandRoutes,
    ...messageRoutes,
    ...directoryRoutes,
  ]);

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** `url`: path and query as received, from `/api` on. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { path, query } = address(request.url ?? '/');
    const found = path === undefined ? refuse.notFound() : this.#routes.find(method, path);
    const match = found instanceof Refusal ? undefined : found;
    const verdict = match
      ? this.#verdict(`${match.route.method} ${match.route.path}`, match.major, match.route.allowance)
      : this.#verdict('unknown', '');
    const fault = this.#options.faults.next(method, path ?? '/');
    if (fault) return this.#suffer(fault, request, response, verdict);
    try {
      if (found instanceof Refusal) throw found;
      this.#admit(found, request, verdict);
      if (found.route.path.endsWith('/callback') && !(await this.#stall(response))) return;
      const body = await readBody(request);
      if (response.destroyed) return;
      write(response, this.#answer(found, query, body, request), verdict);
    } catch (error) {
      await this.#refuse(error, match, request, response, verdict);
    }
  }

  close(): void {
    for (const release of this.#stalled) release();
  }

  #answer({ route, params }: Match, query: URLSearchParams, body: Body, request: IncomingMessage): Answer {
    const gateway = `ws://${request.headers.host ?? this.#options.address()}/gateway`;
    return route.handle({ world: this.#options.world, params, query, body, gateway });
  }

  #admit({ route }: Match, request: IncomingMessage, verdict: Verdict): void {
    if (route.auth !== false) {
      if (request.headers.authorization !== `Bot ${this.#options.token}`) throw refuse.unauthorized();
      const global = this.#limits.takeGlobal(this.#options.world.clock.now());
      if (!global.allowed) throw new RateLimited(global.resetAfter, true, 'global');
    }
    if (!verdict.allowed) throw new RateLimited(verdict.resetAfter, false, 'user');
  }

  #verdict(route: string, major: string, allowance = ORDINARY): Verdict {
    return this.#limits.take(route, major, allowance, this.#options.world.clock.now());
  }

  /** False when the caller has gone meanwhile. */
  #stall(response: ServerResponse): Promise<boolean> {
    const { stall } = this.#options.faults;
    if (stall === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const release = () => {
        alarm.cancel();
        response.off('close', release);
        this.#stalled.delete(release);
        resolve(!response.destroyed);
      };
      const alarm = this.#options.world.clock.after(stall, release);
      response.once('close', release);
      this.#stalled.add(release);
    });
  }

  async #refuse(
    error: unknown,
    match: Match | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    verdict: Verdict,
  ): Promise<void> {
    if (request.destroyed && !request.complete) return;
    await drain(request);
    if (error instanceof RateLimited) return writeRateLimit(response, error, verdict);
    const refusal = error instanceof Refusal ? error : broken(error, match);
    const about = match?.params.interaction ?? match?.params.token;
    if (about !== undefined) this.#options.world.interactions.refused(about, refusal);
    write(response, { status: refusal.status, body: refusal.toJSON() }, verdict);
  }

  async #suffer(fault: RestFault, request: IncomingMessage, response: ServerResponse, verdict: Verdict): Promise<void> {
    if (fault.kind === 'status' && fault.status === 0) return void request.socket.resetAndDestroy();
    await drain(request);
    if (fault.kind === 'rate-limit') {
      const limited = new RateLimited(fault.retryAfter, fault.global, fault.global ? 'global' : 'user');
      return writeRateLimit(response, limited, verdict);
    }
    if (fault.status === 429) return writeRateLimit(response, new RateLimited(1_000, false, 'user'), verdict);
    const message = `${fault.status}: ${STATUS_TEXT[fault.status] ?? 'Error'}`;
    write(response, { status: fault.status, body: { message, code: 0 } }, verdict);
  }
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

class RateLimited extends Error {
  /** Milliseconds. */
  readonly retryAfter: number;
  readonly global: boolean;
  readonly scope: 'user' | 'global';

  constructor(retryAfter: number, global: boolean, scope: 'user' | 'global') {
    super('You are being rate limited.');
    this.retryAfter = retryAfter;
    this.global = global;
    this.scope = scope;
  }
}

/** A fault of the sandbox's own: the bot sees what Discord shows of its own, the developer sees where it happened. */
function broken(error: unknown, match: Match | undefined): Refusal {
  const where = match ? `${match.route.method} ${match.route.path}` : 'a request';
  process.emitWarning(`@errand/discord-sandbox failed on ${where}: ${error instanceof Error ? error.stack : error}`);
  return new Refusal(500, 0, '500: Internal Server Error');
}

/** Without the version; undefined where it is not a path of the API. `%40original` comes out as `@original`. */
function address(url: string): { path: string | undefined; query: URLSearchParams } {
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const path = /^\/api(?:\/v\d+)?(\/[^?]*)$/.exec(mark < 0 ? url : url.slice(0, mark))?.[1];
  try {
    return { path: path?.split('/').map(decodeURIComponent).join('/'), query };
  } catch {
    return { path: undefined, query };
  }
}

/** A caller who still writes would not read the answer. */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > DRAINED) return void request.destroy();
    }
  } catch {
    // It has gone: there is nobody left to answer.
  }
}

function limitHeaders(verdict: Verdict): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(verdict.limit),
    'X-RateLimit-Remaining': String(verdict.remaining),
    'X-RateLimit-Reset': (verdict.resetAt / 1_000).toFixed(3),
    'X-RateLimit-Reset-After': (verdict.resetAfter / 1_000).toFixed(3),
    'X-RateLimit-Bucket': verdict.bucket,
  };
}

function write(
  response: ServerResponse,
  { status, body }: Answer,
  verdict: Verdict,
  extra: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...limitHeaders(verdict),
    ...extra,
    ...(body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
  });
  response.end(text);
}

function writeRateLimit(response: ServerResponse, limited: RateLimited, verdict: Verdict): void {
  const seconds = limited.retryAfter / 1_000;
  const body = { message: limited.message, retry_after: seconds, global: limited.global };
  const exhausted = {
    ...verdict,
    remaining: 0,
    resetAfter: limited.retryAfter,
    resetAt: verdict.resetAt - verdict.resetAfter + limited.retryAfter,
  };
  write(response, { status: 429, body }, exhausted, {
    'Retry-After': String(Math.ceil(seconds)),
    'X-RateLimit-Scope': limited.scope,
    ...(limited.global ? { 'X-RateLimit-Global': 'true' } : {}),
    Via: '1.1 google',
  });
}
