// `/v1/proxies` and `/v1/hosts`: how the ways out and the targets are doing. For keys with the scope admin.
import { callerWith } from '../access.js';
import { hostsApi, proxiesApi } from '../openapi-operations.js';
import type { Routes } from '../parts.js';

export const adminRoutes: Routes = (app, parts) => {
  app.get('/v1/proxies', { schema: proxiesApi }, async (request) => {
    await callerWith('admin', request, parts);
    return parts.proxies.report();
  });
  app.get('/v1/hosts', { schema: hostsApi }, async (request) => {
    await callerWith('admin', request, parts);
    return parts.hosts.report();
  });
};
