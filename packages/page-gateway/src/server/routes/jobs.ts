// `/v1/jobs`: pages in the background. Also what makes a job of a call for a page with `async` or `callback`.

import { showUrl } from 'errand';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../core/problem.js';
import type { Jobs } from '../../jobs/jobs.js';
import type { Keys } from '../../keys/keys.js';
import { readJob } from '../../parameters/job.js';
import { callerOf, mustHave } from '../access.js';
import { cancelApi, createApi, readApi, resultsApi } from '../openapi-jobs.js';
import type { Caller, Parts, Routes } from '../parts.js';
import { queryOf } from '../query.js';

/** 50 000 long URLs. */
const bodyLimit = 64 * 1024 ** 2;
const usualLimit = 100;
const mostResults = 1000;

export interface JobParts {
  readonly jobs: Jobs;
  readonly keys: Keys;
}

export const jobRoutes =
  ({ jobs, keys }: JobParts): Routes =>
  (app, parts) => {
    app.addHook('onRequest', async (request) => void (await callerOf(request, parts)));

    app.post('/v1/jobs', { schema: createApi(), bodyLimit }, async (request, reply) => {
      parts.drain.mustTake();
      const caller = request.caller as Caller;
      const { defaults } = parts;
      const { headers } = request;
      const body = request.body as Uint8Array | undefined;
      const call = await readJob({ query: queryOf(request), headers, body, defaults });
      request.meta = call.request.meta;
      if (call.request.robots === 'ignore') mustHave('ignore-robots', caller);
      const admission = await keys.admit(caller, call.urls.length);
      try {
        const job = await jobs.create(caller, call);
        return await reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job);
      } finally {
        admission.release();
      }
    });

    app.get('/v1/jobs/:id', { schema: readApi }, async (request) => jobs.get(request.caller as Caller, idOf(request)));

    app.delete('/v1/jobs/:id', { schema: cancelApi }, async (request) => {
      return jobs.cancel(request.caller as Caller, idOf(request));
    });

    app.get('/v1/jobs/:id/results', { schema: resultsApi }, async (request) => {
      const query = queryOf(request);
      const asked = whole(query, 'limit', { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? usualLimit;
      // Who asks for more than there is at once gets what there is, and where to go on.
      const limit = Math.min(asked, mostResults);
      const cursor = whole(query, 'cursor', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 0;
      return jobs.results(request.caller as Caller, idOf(request), { limit, cursor });
    });
  };

/** What the routes of pages do with `async=true` and `callback=`. */
export function jobDoor({ jobs, keys }: JobParts): NonNullable<Parts['jobs']> {
  return {
    async accept({ request: page, callback }, caller, request, reply) {
      const admission = await keys.admit(caller);
      try {
        const job = await jobs.create(caller, { request: page, urls: [page.url], callback });
        request.target = showUrl(new URL(page.url));
        return await reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job);
      } finally {
        admission.release();
      }
    },
  };
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

function whole(query: URLSearchParams, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  const number = Number(value);
  if (/^\d{1,16}$/.test(value) && number >= min && number <= max) return number;
  const wanted = name === 'cursor' ? 'the "next" of the page of results before' : `a whole number, ${min} or more`;
  throw new Problem('bad_parameter', `${name}: expected ${wanted}.`, { members: { parameter: name } });
}
