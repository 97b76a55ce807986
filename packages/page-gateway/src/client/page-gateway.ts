// The typed client of a page gateway, over errand's session: options in camelCase go out as the contract's parameters, and a
// page or a PageGatewayError comes back. The key goes to the gateway's origin and nowhere else.
import {
  AbortError,
  ErrandError,
  type HttpResponse,
  parseDuration,
  parseSize,
  Session,
  SessionClosedError,
  type SessionOptions,
} from 'errand';
import type { Attempt } from '../core/attempt.js';
import { PageGatewayError } from '../core/page-gateway-error.js';
import { type PageFacts, type PageResult, pageResult } from '../core/page-result.js';
import { type ProblemCode, problems } from '../core/problem.js';
import type { Usage } from '../keys/keys.js';
import { forwardHeaders, type PageOptions, parametersOf } from '../parameters/page-options.js';

export interface PageGatewayOptions {
  /** Where the gateway is. @example 'http://127.0.0.1:8787' */
  url: string | URL;
  /** The key, where the gateway asks for one. @example process.env.PAGE_GATEWAY_KEY */
  key?: string;
  /** Whose connections are used and bounds are kept. @default one of its own */
  session?: Session;
}

export interface CallOptions extends PageOptions {
  /** Ends the call, at the gateway too. */
  signal?: AbortSignal;
}

/** What the gateway has, beyond the page's own budget, to put a call in and its answer out. */
const allowance = 15_000;
const headRoom = 1024 ** 2;

export class PageGateway implements AsyncDisposable {
  readonly #session: Session;

  /** @example const gateway = new PageGateway({ url: 'http://127.0.0.1:8787', key: process.env.PAGE_GATEWAY_KEY }); */
  constructor({ url, key, session }: PageGatewayOptions) {
    const base = new URL(url);
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    const options: SessionOptions = {
      baseUrl: base,
      credentials: key === undefined ? {} : { [base.origin]: { bearer: key } },
      guard: { allow: [base.host] },
      limits: { '*': { concurrency: 256, respectServerLimits: false } },
      throwHttpErrors: false,
      retry: false,
      breaker: false,
      redirect: { mode: 'manual' },
    };
    this.#session = session?.extend(options) ?? new Session(options);
  }

  /**
   * One page.
   * @throws PageGatewayError; errand's AbortError where `signal` ended it.
   * @example const { html, status } = await gateway.page('https://example.com/', { render: 'auto' });
   */
  async page(url: string | URL, { signal, ...options }: CallOptions = {}): Promise<PageResult> {
    const time = parseDuration(options.timeout ?? 60_000, 'timeout') + allowance;
    const { body, contentType, method = 'GET', maxBytes = '10mb' } = options;
    const response = await this.#ask(method, 'v1/page', {
      query: queryOf({ url: String(url), ...parametersOf(options) }),
      headers: { ...forwardHeaders(options), ...(contentType !== undefined && { 'content-type': contentType }) },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      timeout: { total: time, headers: time, idle: time },
      // An envelope holds the page as text or base64, its text once more, and pictures.
      maxBodySize: parseSize(maxBytes, 'maxBytes') * 4 + 64 * headRoom,
    });
    return pageResult(await factsOf(response));
  }

  /** What the key may do, and what it has done. */
  async usage(options: { signal?: AbortSignal } = {}): Promise<Usage> {
    return (await this.#ask('GET', 'v1/usage', options)).json<Usage>();
  }

  /** Ends what is under way and gives the connections back. A session that was given stays open. */
  close(): Promise<void> {
    return this.#session.close({ grace: 0 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ask(method: string, path: string, options: Parameters<Session['request']>[2]): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await this.#session.request(method, path, options);
    } catch (error) {
      if (!(error instanceof ErrandError) || error instanceof AbortError || error instanceof SessionClosedError)
        throw error;
      throw new PageGatewayError(`The page gateway gave no answer: ${error.message}`, {
        code: 'unreachable',
        retryable: error.retryable,
        cause: error,
      });
    }
    const kind = response.headers.get('content-type') ?? '';
    if (kind.startsWith('application/problem+json')) throw errorOf(response, await response.json());
    if (response.status === 200) return response;
    throw new PageGatewayError(`What answered with ${response.status} is no page gateway.`, {
      code: 'unexpected_answer',
      status: response.status,
    });
  }
}

function queryOf(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (name === 'cookies' && typeof value === 'object' && value !== null) {
        return [
          name,
          Object.entries(value)
            .map(([cookie, text]) => `${cookie}=${text}`)
            .join('; '),
        ];
      }
      return [name, typeof value === 'string' && name !== 'meta' ? value : JSON.stringify(value)];
    }),
  );
}

async function factsOf(response: HttpResponse): Promise<PageFacts> {
  const { headers } = response;
  const told = (name: string) => headers.get(`x-gateway-${name}`) ?? undefined;
  const status = told('status');
  if (status === undefined) {
    throw new PageGatewayError('The answer has no X-Gateway-Status: what answered is no page gateway.', {
      code: 'unexpected_answer',
      status: response.status,
    });
  }
  const meta = told('meta');
  return {
    status: Number(status),
    url: told('final-url') ?? '',
    headers: targetHeaders(headers),
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    bytes: await response.bytes(),
    attempts: Number(told('attempts') ?? 0),
    engine: (told('engine') ?? 'http') as PageFacts['engine'],
    identity: told('identity') ?? '',
    proxy: told('proxy'),
    session: told('session'),
    cache: (told('cache') ?? 'miss') as PageFacts['cache'],
    blocked: told('blocked') === 'true',
    robots: (told('robots') ?? 'allowed') as PageFacts['robots'],
    truncated: told('truncated') === 'true',
    elapsed: Number(told('elapsed-ms') ?? 0),
    requestId: told('request-id') ?? '',
    meta: meta === undefined ? undefined : JSON.parse(meta),
  };
}

function targetHeaders(headers: Headers): Headers {
  const prefix = 'x-target-';
  const own = [...headers].filter(([name]) => name.startsWith(prefix));
  return new Headers(own.map(([name, value]) => [name.slice(prefix.length), value] as [string, string]));
}

function errorOf(response: HttpResponse, problem: unknown): PageGatewayError {
  const { type, title, status, detail, code, retryable, attempts, requestId, ...members } = problem as Record<
    string,
    unknown
  >;
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new PageGatewayError(String(detail ?? title), {
    code: String(code) in problems ? (code as ProblemCode) : 'unexpected_answer',
    status: response.status,
    retryable: retryable === true,
    retryAfter: Number.isNaN(retryAfter) ? undefined : retryAfter,
    attempts: Array.isArray(attempts) ? attempts.map(attemptOf) : [],
    requestId: typeof requestId === 'string' ? requestId : undefined,
    members,
  });
}

function attemptOf(told: Attempt & { readonly proxy?: string | null; readonly status?: number | null }): Attempt {
  return { ...told, proxy: told.proxy ?? undefined, status: told.status ?? undefined };
}
