// Connections for the plain http requests of one visit: Node's own keep-alive pool over sockets that the guard has let
// through. It never connects anything itself.
import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

/** Opens a guarded connection. */
export type Connect = (host: string, port: number) => Promise<Duplex>;

/** Milliseconds that a connection may idle. */
const keepAlive = 4_000;

export class Upstream extends Agent {
  readonly #connect: Connect;

  constructor(connect: Connect) {
    super({ keepAlive: true, maxSockets: 32, maxFreeSockets: 16, timeout: keepAlive } satisfies AgentOptions);
    this.#connect = connect;
  }

  override createConnection(
    options: ClientRequestArgs,
    created?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const host = String(options.host);
    this.#connect(host, Number(options.port)).then(
      (socket) => created?.(null, socket),
      (error) => created?.(error as Error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}
