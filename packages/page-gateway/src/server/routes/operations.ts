// What machines ask: whether the service lives, whether it takes calls, its figures, and its description.
import { Problem } from '../../core/problem.js';
import type { Metrics } from '../metrics.js';
import { healthApi, metricsApi, readyApi } from '../openapi-operations.js';
import type { Routes } from '../parts.js';

export const operationRoutes =
  ({ registry }: Metrics): Routes =>
  (app, { drain, shared }) => {
    app.get('/healthz', { schema: healthApi }, async () => ({ status: 'ok' }));
    app.get('/readyz', { schema: readyApi }, async () => {
      if (drain.draining) throw new Problem('overloaded', 'The service is closing.', { retryAfter: 5 });
      if (shared?.reachable === false) {
        throw new Problem('overloaded', 'The Redis that the gateways share is out of reach.', { retryAfter: 1 });
      }
      return { status: 'ready' };
    });
    app.get('/metrics', { schema: metricsApi }, async (_request, reply) => {
      return reply.type(registry.contentType).send(await registry.metrics());
    });
  };
