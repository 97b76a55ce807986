// `/` and `/v1/page`: one page for its caller, with whatever method and body; and what a browser sees at `/`.

import { showUrl } from 'errand';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../../answers/answers.js';
import { Problem } from '../../core/problem.js';
import { type PageCall, readPageRequest } from '../../parameters/read.js';
import { callerOf, mustHave } from '../access.js';
import { boundsOf } from '../bounds.js';
import type { Drain } from '../drain.js';
import { pageApi } from '../openapi-page.js';
import { pageHeaders } from '../page-headers.js';
import type { Caller, Parts, Routes } from '../parts.js';
import { queryOf } from '../query.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The target, as it may be shown. */
    target: string | undefined;
    /** What came of it, for the log. */
    outcome: Readonly<Record<string, unknown>> | undefined;
  }
}

type Whole = Parts & { readonly drain: Drain };

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export const pageRoutes: Routes = (app, parts) => {
  app.decorateRequest('target', undefined);
  app.decorateRequest('outcome', undefined);
  for (const url of ['/', '/v1/page']) {
    app.route({
      url,
      method: [...methods],
      schema: pageApi(url),
      onRequest: async (request) => {
        // Before the body is read: strangers need not upload.
        if (!wantsDashboard(request, url)) await callerOf(request, parts);
      },
      handler: (request, reply) => {
        if (wantsDashboard(request, url)) return showDashboard(request, reply, parts);
        return answerPage(request, reply, parts);
      },
    });
    app.options(url, { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(204)
        .header('allow', [...methods, 'OPTIONS'].join(', '))
        .send(),
    );
  }
};

async function answerPage(request: FastifyRequest, reply: FastifyReply, parts: Whole): Promise<FastifyReply> {
  const caller = request.caller as Caller;
  parts.drain.mustTake();
  const call = readCall(request, parts);
  if (!(call instanceof Problem) && call.async) return submit(call, request, reply, parts);
  const { calls = 0 } = boundsOf(parts.bounds);
  if (parts.drain.running >= calls) {
    throw new Problem('overloaded', `The service has ${calls} calls under way, and takes no more for now.`, {
      retryAfter: 1,
    });
  }
  const admission = await parts.keys.admit(caller);
  try {
    if (call instanceof Problem) {
      await parts.keys.refund(caller.id, 1);
      throw call;
    }
    return await fetchPage(call, { request, reply, parts });
  } finally {
    admission.release();
  }
}

/** A wrong call is judged after the key's limits, but costs nothing of its quota; so it is handed on, not thrown. */
function readCall(request: FastifyRequest, { defaults }: Parts): PageCall | Problem {
  try {
    const { headers, method } = request;
    const bytes = request.body as Buffer | undefined;
    const body = bytes && bytes.length > 0 ? { bytes, contentType: headers['content-type'] } : undefined;
    const call = readPageRequest({ query: queryOf(request), headers, method, body, defaults });
    request.meta = call.request.meta;
    request.target = showUrl(new URL(call.request.url));
    if (call.request.robots === 'ignore') mustHave('ignore-robots', request.caller as Caller);
    return call;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

async function submit(
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Whole,
): Promise<FastifyReply> {
  if (!parts.jobs) {
    throw new Problem('bad_parameter', 'async: this service takes no jobs; leave out async and callback.', {
      members: { parameter: call.callback === undefined ? 'async' : 'callback' },
    });
  }
  await parts.jobs.accept(call, request.caller as Caller, request, reply);
  return reply;
}

export async function fetchPage(
  call: PageCall,
  { request, reply, parts }: { request: FastifyRequest; reply: FastifyReply; parts: Whole },
): Promise<FastifyReply> {
  const controller = new AbortController();
  const leave = parts.drain.enter((reason) => controller.abort(reason));
  reply.raw.once('close', () => {
    leave();
    if (!reply.raw.writableFinished) controller.abort(new CallerGone('the caller left'));
  });
  const { signal } = controller;
  let answer: Answer;
  try {
    answer = await parts.answers.get(call.request, { signal, key: request.caller as Caller, id: request.id });
  } catch (error) {
    if (signal.reason instanceof CallerGone) return reply.hijack();
    throw error;
  }
  const { status, engine } = answer.page.fetched;
  const { attempts, proxy, identity } = answer.page;
  request.outcome = { page: status, engine, attempts: attempts.length, proxy, identity, cache: answer.cache };
  const shown = call.request.transparentStatus && status >= 200 && status <= 599 ? status : 200;
  reply
    .code(shown)
    .headers(pageHeaders(answer, call.request, request))
    // What a target wrote must not act as a page of this service.
    .header('content-security-policy', 'sandbox')
    .type(answer.contentType);
  const { body } = answer;
  return reply.send(
    shown === 204 || shown === 304 ? undefined : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  );
}

/** Nobody waits for the answer any more. */
class CallerGone extends Error {}

/** A person with a browser, who asks for no page. */
function wantsDashboard({ method, headers, raw }: FastifyRequest, url: string): boolean {
  if (url !== '/' || method !== 'GET' || !/\btext\/html\b/.test(headers.accept ?? '')) return false;
  return headers['x-gateway-url'] === undefined && !/[?&]url=/.test(raw.url ?? '');
}

function showDashboard(request: FastifyRequest, reply: FastifyReply, { dashboard }: Whole): unknown {
  if (dashboard) return dashboard.show(request, reply);
  throw new Problem(
    'bad_parameter',
    'url: name the page to fetch, as in /?url=https%3A%2F%2Fexample.com%2F; /docs tells everything that can be asked for.',
    { members: { parameter: 'url' } },
  );
}
