// The API's description, made from the very tables that calls are read by: `/openapi.json`, and as a page at `/docs`.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Page gateway',
        description: 'The HTML of any page by one call. Errors are RFC 9457 problems.',
        version: '1',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          query: { type: 'apiKey', in: 'query', name: 'auth_key', description: 'Also as `key`, `api_key`, `token`.' },
        },
      },
      security: [{ bearer: [] }, { header: [] }, { query: [] }, {}],
      tags: [
        { name: 'pages', description: 'One page by one call.' },
        { name: 'jobs', description: 'Pages in the background.' },
        { name: 'keys', description: 'What a key may do.' },
        { name: 'admin', description: 'For keys with the scope admin.' },
        { name: 'operation', description: 'For machines that look after the service.' },
      ],
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, transformStaticCSP: (policy) => policy });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
