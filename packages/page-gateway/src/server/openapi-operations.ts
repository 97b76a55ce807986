// How the routes around pages are described.
import type { FastifySchema } from 'fastify';
import { jsonAnswer, problemAnswers } from './openapi-shapes.js';

const number = { type: 'number' };
const text = { type: 'string' };
const limit = { type: ['integer', 'null'] };
const object = (properties: Record<string, unknown>) => ({ type: 'object', properties });
const list = (items: Record<string, unknown>) => ({ type: 'array', items });

export const usageApi: FastifySchema = {
  tags: ['keys'],
  summary: 'Quota, rate and concurrency of the key',
  response: {
    200: jsonAnswer(
      'null stands for no limit.',
      object({
        name: text,
        scopes: list(text),
        quota: object({ limit, used: number, remaining: limit }),
        rate: object({ rpm: limit, remaining: limit }),
        concurrency: object({ limit, inUse: number }),
      }),
    ),
    ...problemAnswers([401, 503]),
  },
};

export const proxiesApi: FastifySchema = {
  tags: ['admin'],
  summary: 'Health of each proxy',
  response: {
    200: jsonAnswer(
      'Never with credentials.',
      object({
        proxies: list(
          object({
            id: text,
            url: text,
            labels: { type: 'object', additionalProperties: text },
            state: { enum: ['healthy', 'cooling', 'dead'] },
            successes: number,
            failures: number,
            latencyMs: { type: ['number', 'null'] },
            lastError: { type: ['string', 'null'] },
          }),
        ),
      }),
    ),
    ...problemAnswers([401, 403, 503]),
  },
};

export const hostsApi: FastifySchema = {
  tags: ['admin'],
  summary: 'Success and bans by host',
  response: {
    200: jsonAnswer(
      'The hosts that were asked lately.',
      object({
        hosts: list(
          object({
            host: text,
            requests: number,
            ok: number,
            blocked: number,
            bans: list(object({ proxy: text, until: {} })),
          }),
        ),
      }),
    ),
    ...problemAnswers([401, 403, 503]),
  },
};

const health = (summary: string): FastifySchema => ({
  tags: ['operation'],
  summary,
  security: [],
  response: { 200: jsonAnswer('It does.', object({ status: text })), ...problemAnswers([503]) },
});

export const healthApi = health('Whether the service lives');
export const readyApi = health('Whether the service takes calls');

export const metricsApi: FastifySchema = {
  tags: ['operation'],
  summary: 'Figures for Prometheus',
  security: [],
  response: { 200: { description: 'Text.', content: { 'text/plain': { schema: text } } } },
};
