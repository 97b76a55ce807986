// `/v1/usage`: what a key may do, and what it has done. Asking costs nothing.
import { callerOf } from '../access.js';
import { usageApi } from '../openapi-operations.js';
import type { Routes } from '../parts.js';

export const usageRoutes: Routes = (app, parts) => {
  app.get('/v1/usage', { schema: usageApi }, async (request) => parts.keys.usage(await callerOf(request, parts)));
};
