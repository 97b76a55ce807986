// The HTTP side of the page gateway: one Fastify app with its bounds, its log, its problems and its routes. It fetches nothing
// itself.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import { Problem } from '../core/problem.js';
import { boundsOf, httpOptions } from './bounds.js';
import { Drain } from './drain.js';
import { type Metrics, makeMetrics } from './metrics.js';
import { describeApi } from './openapi.js';
import type { Caller, Parts } from './parts.js';
import { rawAnswer, refuseSocket, sendProblem } from './problems.js';
import { methodsAt } from './route-methods.js';
import { adminRoutes } from './routes/admin.js';
import { operationRoutes } from './routes/operations.js';
import { pageRoutes } from './routes/page.js';
import { usageRoutes } from './routes/usage.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head was there, by the monotonic clock. */
    began: number;
    caller: Caller | undefined;
    problem: Problem | undefined;
    meta: unknown;
  }
}

export interface Server {
  readonly app: FastifyInstance;
  listen(where: { host: string; port: number }): Promise<number>;
  /** Lets calls under way finish for `grace` ms. Idempotent. */
  close(grace: number): Promise<void>;
}

export async function buildServer(parts: Parts): Promise<Server> {
  const bounds = boundsOf(parts.bounds);
  const drain = new Drain();
  const metrics = makeMetrics(parts);
  const app = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    http: httpOptions(bounds),
    bodyLimit: bounds.body,
    requestTimeout: bounds.requestTime,
    forceCloseConnections: true,
    return503OnClosing: false,
    genReqId: requestId,
    requestIdHeader: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      readyRequest(request as FastifyRequest);
      sendProblem(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: refuseSocket,
  }) as unknown as FastifyInstance;
  boundSockets(app, bounds.connections);
  prepare(app, { parts, drain, metrics, readTime: bounds.readTime });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: false,
  });
  await describeApi(app);
  const whole = { ...parts, drain };
  for (const routes of [pageRoutes, usageRoutes, adminRoutes, operationRoutes(metrics), ...(parts.routes ?? [])]) {
    await app.register(async (scope) => routes(scope, whole));
  }
  await app.ready();
  return serverOf(app, drain, metrics);
}

function serverOf(app: FastifyInstance, drain: Drain, metrics: Metrics): Server {
  let closed: Promise<void> | undefined;
  return {
    app,
    async listen(where) {
      await app.listen(where);
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : where.port;
    },
    close(grace) {
      closed ??= drain.end(grace).then(async () => {
        await app.close();
        metrics.close();
      });
      return closed;
    },
  };
}

/** Everything that holds for every route. */
function prepare(
  app: FastifyInstance,
  { parts, drain, metrics, readTime }: { parts: Parts; drain: Drain; metrics: Metrics; readTime: number },
): void {
  app.decorateRequest('began', 0);
  app.decorateRequest('caller', undefined);
  app.decorateRequest('problem', undefined);
  app.decorateRequest('meta', undefined);
  // Parameters are read by their own table; what stands in `schema` is the API's description.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(sendProblem);
  const allowed = methodsAt(app);
  app.setNotFoundHandler((request) => {
    const path = request.raw.url?.split('?', 1)[0] ?? '/';
    const allow = allowed(path);
    if (allow.length === 0 || allow.includes(request.method)) {
      throw new Problem('not_found', 'There is nothing at this address; /docs tells what there is.');
    }
    throw new Problem('method_not_allowed', `This address takes ${allow.join(', ')}.`, { members: { allow } });
  });
  app.addHook('onRequest', async (request, reply) => {
    readyRequest(request);
    // Unlike `onResponse`, this comes for callers who have left, too.
    reply.raw.once('close', () => told(request, reply, parts, metrics));
    reply.header('cache-control', 'no-store');
    if (drain.draining) reply.header('connection', 'close');
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      throw new Problem('bad_request', 'The Host header is missing.');
    }
  });
  app.addHook('onSend', async (request, reply) => {
    // From here on it is the caller's turn to take what it asked for.
    const { socket } = request.raw;
    const stuck = () => socket.destroy();
    socket.setTimeout(readTime, stuck);
    // A request that was read to its end is closed by now; its answer is not.
    reply.raw.once('close', () => socket.removeListener('timeout', stuck).setTimeout(0));
  });
}

function readyRequest(request: FastifyRequest): void {
  request.began = performance.now();
}

/** One line and one count per request; never its query, which holds keys. */
function told(request: FastifyRequest, reply: FastifyReply, { log }: Parts, metrics: Metrics): void {
  const ms = Math.round(performance.now() - request.began);
  const route = request.routeOptions.url ?? 'none';
  const { problem, caller } = request;
  const gone = !reply.raw.writableFinished;
  metrics.answered(route, reply.statusCode, gone ? 'gone' : (problem?.code ?? 'ok'), ms / 1000);
  const level =
    route.startsWith('/healthz') ||
    route.startsWith('/readyz') ||
    route === '/metrics' ||
    route.startsWith('/dashboard')
      ? 'debug'
      : 'info';
  log[level](
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms,
      ...(caller && { key: caller.name }),
      ...(request.target !== undefined && { target: request.target }),
      ...request.outcome,
      ...(problem && { code: problem.code, detail: problem.message, attempts: problem.attempts.length }),
    },
    gone ? 'the caller left' : problem ? 'refused' : 'answered',
  );
}

/** The caller's own id, where it gave a sane one. */
function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** What Node would otherwise answer itself, without a problem. */
function boundSockets({ server }: FastifyInstance, connections: number): void {
  server.maxConnections = connections;
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = new Problem('bad_request', 'Only 100-continue is expected here.');
    response.socket?.end(rawAnswer(problem));
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {});
    socket.end(rawAnswer(new Problem('method_not_allowed', 'This is no proxy: ask for a page with ?url=.')));
  });
}
