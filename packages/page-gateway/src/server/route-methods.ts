// Which methods an address takes, so that the wrong one is told from an address where there is nothing.
import type { FastifyInstance } from 'fastify';

/** Call it before routes are made. */
export function methodsAt(app: FastifyInstance): (path: string) => string[] {
  const routes: Array<{ pattern: RegExp; methods: readonly string[] }> = [];
  app.addHook('onRoute', ({ url, method }) => {
    const source = url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*')))
      .join('/');
    routes.push({ pattern: new RegExp(`^${source.replace(/\/$/, '')}/?$`), methods: [method].flat() });
  });
  return (path) => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((each) => each.methods);
    return [...new Set(methods)].sort();
  };
}
