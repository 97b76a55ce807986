// `createPageGateway`: the whole service in a program, made from its options, asked over HTTP or right here, and closed in
// good order. The command line is nothing more than this.
import { randomUUID } from 'node:crypto';
import { type Duration, parseDuration } from 'errand';
import type { Logger } from 'pino';
import type { Answer } from '../answers/answers.js';
import { errorOfProblem } from '../core/page-gateway-error.js';
import { type PageResult, pageResult } from '../core/page-result.js';
import { Problem } from '../core/problem.js';
import { makeDashboard } from '../dashboard/dashboard.js';
import { dashboardSecret } from '../dashboard/secret-file.js';
import { forwardHeaders, type PageOptions, parametersOf } from '../parameters/page-options.js';
import { type PageDefaults, readPageRequest } from '../parameters/read.js';
import { makeLog } from '../server/log.js';
import { targetHeaders } from '../server/page-headers.js';
import { jobDoor, jobRoutes } from '../server/routes/jobs.js';
import { ticketRoutes } from '../server/routes/tickets.js';
import { buildServer, type Server } from '../server/server.js';
import { checkOptions, isLoopback } from './check-options.js';
import type { PageGatewayServiceOptions } from './options.js';
import { Closers, openRooms, type Rooms } from './rooms.js';

/** What the service did when it started, for its operator. */
export interface Started {
  /** Where it listens; `undefined`: nowhere. */
  readonly url: string | undefined;
  /** The data folder, absolute. */
  readonly data: string;
  /** The host of the Redis that is shared with other gateways; `undefined`: none. */
  readonly redis: string | undefined;
  /** Whether callers need a key; where not, only this machine is served. */
  readonly keys: boolean;
  readonly proxies: number;
  /** The version of the Chromium that renders; `undefined`: rendering is off. */
  readonly chromium: string | undefined;
  /** Why rendering is off. */
  readonly renderingOff: string | undefined;
}

/** A page gateway that runs. */
export interface PageGatewayService extends AsyncDisposable {
  /** Where it listens, such as 'http://127.0.0.1:8787'; `undefined` with `port: false`. */
  readonly url: string | undefined;
  readonly port: number | undefined;
  readonly started: Started;
  /** Its rooms, for programs that look after it. */
  readonly rooms: Rooms;
  /**
   * One page, without HTTP in between; the same as {@link PageGateway.page}, without a key and its limits.
   * @throws PageGatewayError; the signal's reason.
   * @example const { html } = await gateway.page('https://example.com/', { render: 'auto' });
   */
  page(url: string | URL, options?: PageOptions & { signal?: AbortSignal }): Promise<PageResult>;
  /**
   * Takes no more calls, lets those under way finish for `grace`, ends the rest, and leaves nothing behind. Idempotent.
   * @param options.grace Default '10s'.
   */
  close(options?: { grace?: Duration }): Promise<void>;
}

/**
 * Starts a page gateway.
 * @throws TypeError or StoreError where it cannot start: an option that is wrong, an address that is taken, a data folder
 * that cannot be used.
 * @example await using gateway = await createPageGateway({ port: 0, data: './data' });
 */
export async function createPageGateway(options: PageGatewayServiceOptions = {}): Promise<PageGatewayService> {
  checkOptions(options);
  const log = makeLog({ level: options.logLevel, to: options.logTo });
  const closers = new Closers();
  try {
    const rooms = await openRooms(options, log, closers);
    const { host = '127.0.0.1', port = 8787 } = options;
    mustBeNear(host, rooms, port !== false);
    const defaults = { robots: options.robotsDefault };
    const dashboard = closers.add(await openDashboard(rooms, log));
    const server = await openServer(defaults, rooms, { log, dashboard });
    closers.add({ close: () => server.close(0) });
    const taken = port === false ? undefined : await server.listen({ host, port });
    // A process that takes no calls, such as a command, leaves the jobs of the folder to the service.
    if (port !== false) rooms.jobs.start();
    return serviceOf({ rooms, server, closers, log, defaults }, startedOf(rooms, host, taken), taken);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** @throws TypeError where strangers could ask without a key. */
function mustBeNear(host: string, { keys }: Rooms, listens: boolean): void {
  if (!listens || !keys.open || isLoopback(host)) return;
  throw new TypeError(
    `host: others could ask at ${host}, and no key is configured yet: make one with page-gateway keys add NAME, or listen at 127.0.0.1.`,
  );
}

async function openDashboard(rooms: Rooms, log: Logger) {
  const { store, shared } = rooms;
  return makeDashboard({
    ...rooms,
    signedOut: shared?.signIns ?? store.sessions,
    secret: (await shared?.signIns.secret()) ?? dashboardSecret(store.folder),
    recentJobs: (limit) => rooms.jobs.recent(limit),
    failed: (err) => log.error({ err }, 'the dashboard could not be told how it stands'),
  });
}

function openServer(
  defaults: PageDefaults,
  rooms: Rooms,
  { log, dashboard }: { log: Logger; dashboard: Awaited<ReturnType<typeof openDashboard>> },
): Promise<Server> {
  const { keys, answers, calls, proxies, hosts, browser, jobs, tickets, shared } = rooms;
  return buildServer({
    ...{ keys, answers, calls, log },
    proxies: { report: () => ({ proxies: proxies.report() }) },
    hosts: { report: () => ({ hosts: proxies.hosts() }) },
    waiting: () => ({ hosts: hosts.waiting, browser: browser.report()?.waiting ?? 0 }),
    shared: shared?.connection,
    defaults,
    jobs: jobDoor({ jobs, keys }),
    dashboard: dashboard.dashboard,
    routes: [jobRoutes({ jobs, keys }), ticketRoutes(tickets), dashboard.routes],
  });
}

function startedOf({ store, shared, keys, proxies, browser }: Rooms, host: string, port: number | undefined): Started {
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return {
    url: port === undefined ? undefined : `http://${named}:${port}`,
    data: store.folder,
    redis: shared?.connection.host,
    keys: !keys.open,
    proxies: proxies.size,
    chromium: browser.browser?.version,
    renderingOff: browser.missing,
  };
}

interface Running {
  readonly rooms: Rooms;
  readonly server: Server;
  readonly closers: Closers;
  readonly log: Logger;
  readonly defaults: PageDefaults;
}

function serviceOf(
  { rooms, server, closers, log, defaults }: Running,
  started: Started,
  port: number | undefined,
): PageGatewayService {
  log.info(
    { ...started },
    started.keys ? 'started' : 'started without keys: only this machine is served, and asked for none',
  );
  let closed: Promise<void> | undefined;
  const ending = new AbortController();
  const close = async ({ grace = '10s' }: { grace?: Duration } = {}) => {
    await Promise.all([server.close(parseDuration(grace, 'grace')), rooms.jobs.close()]);
    ending.abort(new Problem('overloaded', 'The page gateway was closed.'));
    await closers.close();
    log.info('closed');
  };
  const service: PageGatewayService = {
    url: started.url,
    port,
    started,
    rooms,
    page: (url, options = {}) => pageHere({ rooms, defaults, ending: ending.signal }, String(url), options),
    close(options) {
      closed ??= close(options);
      return closed;
    },
    [Symbol.asyncDispose]: () => service.close(),
  };
  return service;
}

/** Whoever asks in this process. */
const here = { id: 'process', name: 'process' };

async function pageHere(
  { rooms, defaults, ending }: { rooms: Rooms; defaults: PageDefaults; ending: AbortSignal },
  url: string,
  { signal, ...options }: PageOptions & { signal?: AbortSignal },
): Promise<PageResult> {
  const began = performance.now();
  const id = randomUUID();
  const either = signal === undefined ? ending : AbortSignal.any([signal, ending]);
  try {
    const { body, contentType, method } = options;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const { request } = readPageRequest({
      fields: { url, ...parametersOf(options) },
      headers: forwardHeaders(options),
      method,
      body: bytes && { bytes, contentType },
      defaults,
    });
    return resultOf(await rooms.answers.get(request, { signal: either, key: here, id }), began, id, request.meta);
  } catch (error) {
    throw error instanceof Problem ? errorOfProblem(error, id) : error;
  }
}

function resultOf(
  { page, cache, body, contentType }: Answer,
  began: number,
  requestId: string,
  meta: unknown,
): PageResult {
  const { fetched, verdict, session, identity, proxy, robots, attempts } = page;
  const { status, url, engine, truncated } = fetched;
  const headers = new Headers();
  for (const [name, value] of Object.entries(targetHeaders(fetched.headers))) {
    for (const each of [value].flat()) headers.append(name.slice('x-target-'.length), each);
  }
  return pageResult({
    ...{
      status,
      url,
      headers,
      contentType,
      engine,
      truncated,
      session,
      identity,
      proxy,
      robots,
      cache,
      requestId,
      meta,
    },
    bytes: body,
    attempts: attempts.length,
    blocked: verdict.kind !== 'page',
    elapsed: Math.round(performance.now() - began),
  });
}
