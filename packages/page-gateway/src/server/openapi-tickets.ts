// How the routes of tickets are described.
import type { FastifySchema } from 'fastify';
import { jsonAnswer, problemAnswers } from './openapi-shapes.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const ticket = {
  type: 'object',
  properties: {
    id: text,
    url: text,
    vendor: { type: ['string', 'null'] },
    created: time,
    expires: time,
    state: { enum: ['waiting', 'open', 'solved', 'dismissed', 'expired'] },
  },
};

export const ticketsApi: FastifySchema = {
  tags: ['admin'],
  summary: 'Captchas that wait for a person',
  response: {
    200: jsonAnswer('The newest first.', {
      type: 'object',
      properties: { tickets: { type: 'array', items: ticket } },
    }),
    ...problemAnswers([401, 403, 503]),
  },
};

export const ticketApi: FastifySchema = {
  tags: ['pages'],
  summary: 'How a captcha fares that was handed to a person',
  params: { type: 'object', required: ['id'], properties: { id: text } },
  response: {
    200: jsonAnswer('For the key whose page ran into it, and for admins.', ticket),
    ...problemAnswers([401, 404, 503]),
  },
};
