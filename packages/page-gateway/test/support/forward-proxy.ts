// A forward proxy on loopback for plain http, which tells the target its own name, and can be told to break.
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export async function startProxy(name: string) {
  const sockets = new Set<Socket>();
  const state = { broken: false, asked: [] as string[] };
  const server = http.createServer((request, response) => {
    state.asked.push(request.url ?? '');
    if (state.broken) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '');
    const { hostname: host, port, pathname, search } = url;
    const headers = { ...request.headers, 'x-by': name };
    const onward = http.request({ host, port, path: pathname + search, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const end = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, {
    name,
    port,
    line: `http://127.0.0.1:${port} id=${name}`,
    end,
    [Symbol.asyncDispose]: end,
  });
}
