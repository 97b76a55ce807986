// One question to a proxy and its answer, over a socket that somebody else will read afterwards: not a byte more than the
// answer is taken, and an answer without end is not waited for.
import type { Socket } from 'node:net';
import type { ProxyRoute } from '../../core/route.js';
import { ProxyError } from '../../errors.js';
import type { Scope } from './scope.js';

/** Bytes of an answer; the longest sensible one is the head of an HTTP response. */
const maxAnswer = 16_384;

/** What was read, and how many bytes it took; undefined where more must come. Throws what is wrong with it. */
export type ReadAnswer<T> = (received: Buffer) => { readonly value: T; readonly length: number } | undefined;

/**
 * Sends `question` and reads the answer.
 * @throws ProxyError
 */
export function converse<T>(
  scope: Scope,
  socket: Socket,
  proxy: ProxyRoute,
  question: string | Uint8Array,
  read: ReadAnswer<T>,
): Promise<T> {
  return scope.wait((resolve, reject) => {
    let received = Buffer.alloc(0);
    const take = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        received = Buffer.concat([received, chunk as Buffer]);
        if (received.length > maxAnswer) break;
      }
      try {
        const answer = read(received);
        if (answer !== undefined && answer.length === received.length) resolve(answer.value);
        else if (answer !== undefined) reject(notAProxy(proxy, 'it sends more than was asked for'));
        else if (received.length > maxAnswer) reject(notAProxy(proxy, 'its answer does not end'));
      } catch (error) {
        reject(error);
      }
    };
    const gone = (error?: Error) => {
      reject(new ProxyError('unreachable', `the proxy ${proxy.show} closed the connection`, { cause: error }));
    };
    const ended = () => gone();
    socket.on('readable', take);
    socket.once('error', gone);
    socket.once('end', ended);
    socket.once('close', ended);
    socket.write(question);
    return () => {
      socket.off('readable', take);
      socket.off('error', gone);
      socket.off('end', ended);
      socket.off('close', ended);
    };
  });
}

/** Something answers at the proxy's address, and it does not speak as a proxy. */
export function notAProxy(proxy: ProxyRoute, why: string): ProxyError {
  return new ProxyError('not-a-proxy', `what answers at ${proxy.show} is no ${nameOf(proxy)} proxy: ${why}`, {
    retryable: false,
  });
}

function nameOf({ kind }: ProxyRoute): string {
  return kind.startsWith('socks') ? 'SOCKS5' : 'HTTP';
}
