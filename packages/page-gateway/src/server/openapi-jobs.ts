// How the routes of jobs are described.
import type { FastifySchema } from 'fastify';
import { describeParameters } from '../parameters/describe.js';
import { mostUrls } from '../parameters/job.js';
import { jsonAnswer, problemAnswers } from './openapi-shapes.js';

const text = { type: 'string' };
const count = { type: 'integer' };

const job = {
  id: text,
  state: { enum: ['queued', 'running', 'finished', 'failed', 'cancelled', 'waiting_human'] },
  total: count,
  done: { ...count, description: 'Pages that were got.' },
  failed: { ...count, description: 'Pages that were not.' },
  created: { type: 'string', format: 'date-time' },
  updated: { type: 'string', format: 'date-time' },
  meta: {},
};

const result = {
  index: count,
  url: text,
  ok: { type: 'boolean' },
  status: { type: ['integer', 'null'] },
  headers: { type: 'object' },
  body: { ...text, description: 'Text; other bytes are in bodyBase64.' },
  bodyBase64: text,
  error: { type: ['object', 'null'], description: 'The problem, where there is no page.' },
};

const id = { type: 'object', required: ['id'], properties: { id: text } };
const view = (description: string) => jsonAnswer(description, { type: 'object', properties: job });

export function createApi(): FastifySchema {
  const fields = describeParameters().filter(({ name }) => name !== 'url' && name !== 'async');
  const properties = {
    url: text,
    urls: { type: 'array', items: text, minItems: 1, maxItems: mostUrls },
    ...Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
  };
  return {
    tags: ['jobs'],
    summary: `Fetches one page, or up to ${mostUrls}, in the background`,
    body: { content: { 'application/json': { schema: { type: 'object', properties } } } },
    response: {
      202: jsonAnswer('The secret signs the callbacks of this job; it is told this once.', {
        type: 'object',
        properties: { ...job, callback_secret: text },
      }),
      ...problemAnswers([400, 401, 402, 403, 413, 429, 503]),
    },
  };
}

export const readApi: FastifySchema = {
  tags: ['jobs'],
  summary: 'How far a job is',
  params: id,
  response: { 200: view('Kept for 72 h after its end.'), ...problemAnswers([401, 404, 503]) },
};

export const cancelApi: FastifySchema = {
  tags: ['jobs'],
  summary: 'Cancels a job',
  params: id,
  response: { 200: view('What it has got stays.'), ...problemAnswers([401, 404, 503]) },
};

export const resultsApi: FastifySchema = {
  tags: ['jobs'],
  summary: 'Results in the order of their index',
  description:
    'While a job runs, this ends at the first page that is still under way; `next` goes on from there. `next` is null once there is no more.',
  params: id,
  querystring: {
    type: 'object',
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      cursor: { type: 'string', description: '`next` of the page before.' },
    },
  },
  response: {
    200: jsonAnswer('At most about 16 MiB at once.', {
      type: 'object',
      properties: {
        results: { type: 'array', items: { type: 'object', properties: result } },
        next: { type: ['string', 'null'] },
      },
    }),
    ...problemAnswers([400, 401, 404, 503]),
  },
};
