// One of the services in a process of its own: the page gateway, or a bare Fastify that fetches and forwards. Tells its
// address, then what it has used whenever it is asked (`settled`: once what can be let go of is gone). Ends with its parent.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const peers = {
  async gateway() {
    const { createPageGateway } = await import('@errand/page-gateway');
    const data = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
    process.on('exit', () => rmSync(data, { recursive: true }));
    // Its log goes where that of a service goes: through the whole of pino, to a file.
    const gateway = await createPageGateway({
      ...{ port: 0, data, allow: ['127.0.0.0/8'], chromium: 'off', hostConcurrency: Number(process.argv[3] ?? 4) },
    });
    return gateway.port;
  },
  async fastify() {
    const { fastify } = await import('fastify');
    const app = fastify();
    app.get('/v1/page', async (request, reply) => {
      const answer = await fetch(request.query.url);
      reply.type(answer.headers.get('content-type') ?? 'application/octet-stream');
      return Buffer.from(await answer.arrayBuffer());
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return app.server.address().port;
  },
};

const port = await peers[process.argv[2]]();
process.on('message', (asked) => {
  // What a first collection finds of buffers outside of the heap, later ones let go of.
  for (let left = asked === 'settled' ? 4 : 0; left > 0; left--) globalThis.gc();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ cpu: (user + system) / 1000, rss, live: heapUsed + external });
});
process.on('disconnect', () => process.exit());
process.send({ port });
