// The dashboard: its page for whoever comes, and what the page asks for whoever has signed in. Every question of the page
// carries a header that no other site can make a browser send; a page of a target is never more than text here.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';
import { describeParameters } from '../parameters/describe.js';
import type { Dashboard, Parts, Routes } from '../server/parts.js';
import { Feed, type FeedOptions } from './events.js';
import { fieldsOf } from './fields.js';
import type { Me } from './protocol.js';
import { SignIn, type SignInParts } from './sign-in.js';
import { type TicketWork, ticketActions } from './ticket-actions.js';
import { tryPage } from './try-page.js';

export interface DashboardOptions extends FeedOptions, Omit<SignInParts, 'keys'> {
  readonly keys: FeedOptions['keys'] & SignInParts['keys'];
  readonly jobs: FeedOptions['jobs'] & {
    cancel(key: { id: string; name: string; scopes: readonly string[] }, id: string): Promise<unknown>;
  };
  readonly tickets: FeedOptions['tickets'] & TicketWork;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where the page was built to, beside this code or beside its source. */
function folder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.includes(`${sep}src${sep}`) ? join(here, '../../dist/page') : join(here, '../page');
}

export function makeDashboard(options: DashboardOptions): { dashboard: Dashboard; routes: Routes; close(): void } {
  const signIn = new SignIn(options);
  const feed = new Feed(options);
  const routes: Routes = (app, parts) => {
    void signIn.prepare(app);
    if (existsSync(folder())) {
      void app.register(fastifyStatic, {
        ...{ root: join(folder(), 'assets'), prefix: '/dashboard/assets/', index: false, decorateReply: false },
        ...{ immutable: true, maxAge: '1y', schemaHide: true },
      });
    }
    void app.register(async (scope) => {
      scope.addHook('onRequest', async (request) => signIn.mustBeOurs(request));
      door(scope, { signIn, keys: options.keys });
      await scope.register(async (inner) => {
        inner.addHook('onRequest', async (request) => void (await signIn.caller(request)));
        inside(inner, { options, feed, parts });
        ticketActions(inner, options.tickets);
        tryPage(inner, parts);
      });
    });
  };
  return { dashboard: { show }, routes, close: () => feed.close() };
}

/** The same for everybody: who has not signed in is asked to by the page itself. */
function show(_request: FastifyRequest, reply: FastifyReply): unknown {
  const file = join(folder(), 'index.html');
  if (!existsSync(file)) {
    throw new Problem(
      'bad_parameter',
      'url: name the page to fetch. The dashboard is not built here: run npm run build.',
      {
        members: { parameter: 'url' },
      },
    );
  }
  return reply
    .header('content-security-policy', policy)
    .header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    .type('text/html; charset=utf-8')
    .send(readFileSync(file));
}

const version: string = (() => {
  const file = new URL('../../package.json', import.meta.url);
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version);
})();

const hidden = { schema: { hide: true }, bodyLimit: 256 * 1024 } as const;

/** What is asked before anybody has signed in. */
function door(app: FastifyInstance, { signIn, keys }: { signIn: SignIn; keys: SignInParts['keys'] }): void {
  const me = (name: string | null): Me => ({ open: keys.open, name, version });
  app.get('/dashboard/me', hidden, async (request): Promise<Me> => {
    try {
      return me((await signIn.caller(request)).name);
    } catch (error) {
      if (error instanceof Problem && error.code === 'bad_key' && !keys.open) return me(null);
      throw error;
    }
  });
  app.post('/dashboard/sign-in', hidden, async (request, reply): Promise<Me> => {
    const { key } = fieldsOf(request);
    return me((await signIn.enter(typeof key === 'string' ? key.trim() : '', request, reply)).name);
  });
  app.post('/dashboard/sign-out', hidden, async (request, reply): Promise<Me> => {
    await signIn.leave(request, reply);
    return me(null);
  });
}

function inside(
  app: FastifyInstance,
  { options, feed, parts }: { options: DashboardOptions; feed: Feed; parts: Parts },
): void {
  app.get('/dashboard/events', hidden, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream',
      // No proxy on the way may hold it back.
      'x-accel-buffering': 'no',
    });
    feed.read(reply.raw);
  });
  app.get('/dashboard/parameters', hidden, async () => ({
    parameters: describeParameters().filter(({ name }) => !['async', 'callback', 'meta'].includes(name)),
    robots: parts.defaults.robots ?? 'obey',
  }));
  app.post('/dashboard/jobs/:id/cancel', hidden, async (request) =>
    options.jobs.cancel(request.caller!, (request.params as { id: string }).id),
  );
}
