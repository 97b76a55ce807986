// The plain engine: one try over errand's session, as one visitor: through his proxy, with his identity and his cookies. It
// judges nothing and tries nothing again.
import type { Handler, HttpResponse, RequestOptions, Session } from 'errand';
import type { Engine, Fetched, Visit } from '../core/engine.js';
import { Problem } from '../core/problem.js';
import { forwardedFields } from './forwarded.js';
import { proxyAnswer } from './proxy-answers.js';

export interface HttpEngineOptions {
  /** What {@link openTargets} makes. Closing it is its owner's business. */
  readonly session: Session;
}

/** One visit under way, known to the middleware by its lane. */
interface UnderWay {
  readonly beforeHop: Visit['beforeHop'];
  /** The head of the last answer, as it came. */
  fields: HttpResponse['fields'];
}

export class HttpEngine implements Engine {
  readonly name = 'http';
  readonly #session: Session;
  readonly #underWay = new Map<string, UnderWay>();
  #visits = 0;

  constructor({ session }: HttpEngineOptions) {
    this.#session = session.extend({
      throwHttpErrors: false,
      retry: false,
      middleware: { attempt: [(next) => this.#hop(next)] },
    });
  }

  /** @throws errand's errors, what `beforeHop` throws, and Problem bad_parameter where the request cannot be sent. */
  async visit(visit: Visit): Promise<Fetched> {
    const lane = `visit ${++this.#visits}`;
    const underWay: UnderWay = { beforeHop: visit.beforeHop, fields: {} };
    this.#underWay.set(lane, underWay);
    try {
      const { truncate } = visit.request;
      const came = await (truncate ? this.#cut(visit, lane, underWay) : this.#whole(visit, lane, underWay));
      const error = proxyAnswer(visit.visitor.proxy, came);
      if (error !== undefined) throw error;
      return came;
    } finally {
      this.#underWay.delete(lane);
    }
  }

  async #whole(visit: Visit, lane: string, underWay: UnderWay): Promise<Fetched> {
    const { url, method, maxBytes } = visit.request;
    const options = { ...optionsOf(visit, lane), maxBodySize: maxBytes };
    const response = await said(() => this.#session.request(method, url, options));
    return fetched(response, underWay, await response.bytes(), false);
  }

  /** The first `maxBytes` of the body; the rest is not waited for. */
  async #cut(visit: Visit, lane: string, underWay: UnderWay): Promise<Fetched> {
    const { url, method, maxBytes } = visit.request;
    await using response = await said(() => this.#session.stream(url, { ...optionsOf(visit, lane), method }));
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of response) {
      pieces.push(piece);
      length += piece.length;
      if (length > maxBytes) break;
    }
    const body = Buffer.concat(pieces, Math.min(length, maxBytes));
    return fetched(response, underWay, body, length > maxBytes);
  }

  #hop(next: Handler): Handler {
    return async (request) => {
      const underWay = this.#underWay.get(request.lane ?? '');
      await underWay?.beforeHop(request.url);
      const response = await next(request);
      if (underWay !== undefined) underWay.fields = response.fields;
      return response;
    };
  }
}

function optionsOf({ request, visitor, signal, timeout }: Visit, lane: string): RequestOptions {
  const { method, body, followRedirect } = request;
  const sendsBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
  return {
    headers: forwardedFields(request),
    identity: visitor.identity,
    cookies: visitor.cookies,
    proxy: visitor.proxy?.url ?? false,
    redirect: followRedirect ? 'follow' : 'manual',
    ...{ lane, signal, timeout },
    ...(sendsBody && { body: body.bytes }),
  };
}

/** @throws Problem bad_parameter for what errand refuses at the call. */
async function said<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem('bad_parameter', `The page cannot be asked for: ${error.message}.`, { cause: error });
  }
}

interface Answered {
  readonly status: number;
  readonly url: string;
  readonly history: Fetched['history'];
}

function fetched(
  { status, url, history }: Answered,
  { fields }: UnderWay,
  body: Uint8Array,
  truncated: boolean,
): Fetched {
  const headers: Array<readonly [string, string]> = [];
  for (const name of Object.keys(fields)) {
    const value = fields[name] as string | string[];
    if (typeof value === 'string') headers.push([name, value]);
    else for (const each of value) headers.push([name, each]);
  }
  return { engine: 'http', status, headers, url, history, body, truncated, rendered: undefined };
}
