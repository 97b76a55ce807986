// The session as one interaction sees it: the same connections, limits and cookies, with the interaction's lane on every
// request and its end as their end. It closes nothing, and costs one object.
import { channel } from 'node:diagnostics_channel';
import type { HttpResponse, PendingResponse, RequestOptions, RequestTrace, Session, SessionOptions } from 'errand';
import { errandErrorOf } from './explain.js';
import { withoutSecrets } from './log.js';

/** From where a session is seen. */
export interface Viewpoint {
  /** The interaction's id. */
  readonly id: string;
  /** Whose turn it is at a busy host: the guild, or the user outside guilds. */
  readonly lane: string;
  /** Aborted when the interaction's time is over or the bot stops. */
  readonly signal: AbortSignal;
  /** The largest file, in bytes, that may be sent there. */
  readonly attachmentSizeLimit?: number | undefined;
}

/** What is published on `errand:discord:request` for each request made through an interaction's `web`. */
export interface RequestReport {
  readonly interaction: string;
  readonly method: string;
  /** Without userinfo and with secret query values masked. */
  readonly url: string;
  readonly status?: number;
  /** The error's code. */
  readonly error?: string;
  readonly trace?: RequestTrace;
}

const reports = channel('errand:discord:request');
const viewpoints = new WeakMap<object, Viewpoint>();

/** The viewpoint of a session that is an interaction's `web`. */
export function viewpointOf(session: Session): Viewpoint | undefined {
  return viewpoints.get(session);
}

type Options = RequestOptions & { method?: string };
type Overrides = Partial<Record<string | symbol, unknown>>;

/** The session as seen from an interaction. `closes`: closing the view closes `session`, for one of its own making. */
export function viewOf(session: Session, from: Viewpoint, closes = false): Session {
  const adapt = <O extends RequestOptions>(options: O | undefined): O =>
    ({ ...options, lane: options?.lane ?? from.lane, signal: joined(from.signal, options?.signal) }) as O;
  const request = (method: string, url: string | URL, options?: RequestOptions): PendingResponse =>
    reported(from, method, session.request(method, url, adapt(options)));
  const verb =
    (name: 'get' | 'head' | 'options' | 'post' | 'put' | 'patch' | 'delete') =>
    (url: string | URL, options?: RequestOptions): PendingResponse =>
      reported(from, name.toUpperCase(), session[name](url, adapt(options)));
  const overrides: Overrides = {
    request,
    get: verb('get'),
    head: verb('head'),
    options: verb('options'),
    post: verb('post'),
    put: verb('put'),
    patch: verb('patch'),
    delete: verb('delete'),
    stream: (url: string | URL, options?: Options) =>
      reported(from, options?.method ?? 'GET', session.stream(url, adapt(options))),
    fetch: fetchOf(session, from),
    extend: (options: SessionOptions) => viewOf(session.extend(options), from, true),
    ...(closes ? {} : { close: async () => {}, [Symbol.asyncDispose]: async () => {} }),
  };
  const view = new Proxy(session, {
    get(target, key) {
      if (Object.hasOwn(overrides, key)) return overrides[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  viewpoints.set(view, from);
  return view;
}

function fetchOf(session: Session, from: Viewpoint): typeof globalThis.fetch {
  return (input, init) => {
    const own = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const options = { lane: from.lane, ...init, signal: joined(from.signal, own ?? undefined) };
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    return reported(from, method.toUpperCase(), session.fetch(input, options));
  };
}

function joined(ours: AbortSignal, theirs: AbortSignal | undefined): AbortSignal {
  return theirs === undefined ? ours : AbortSignal.any([ours, theirs]);
}

/** Lets a listener (the playground's inspector, a metrics exporter) see what became of the request. */
function reported<P extends Promise<Seen>>(from: Viewpoint, method: string, pending: P): P {
  if (!reports.hasSubscribers) return pending;
  const { id } = from;
  pending.then(
    ({ status, url, trace }) => {
      const asked = trace?.attempts[0]?.url ?? url;
      publish({ interaction: id, method, url: withoutSecrets(asked), status, ...(trace ? { trace } : {}) });
    },
    (error: unknown) => {
      const known = errandErrorOf(error);
      if (known === undefined) return;
      const response = known.response as HttpResponse | undefined;
      const trace = (known.trace as RequestTrace | undefined) ?? response?.trace;
      publish({
        interaction: id,
        method,
        url: withoutSecrets(String(known.url)),
        ...(response ? { status: response.status } : {}),
        error: known.code,
        ...(trace ? { trace } : {}),
      });
    },
  );
  return pending;
}

interface Seen {
  readonly status: number;
  readonly url: string;
  readonly trace?: RequestTrace;
}

function publish(report: RequestReport): void {
  if (reports.hasSubscribers) reports.publish(report);
}
