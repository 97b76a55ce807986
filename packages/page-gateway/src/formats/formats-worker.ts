// The worker's side: one document at a time, in and out.
import { parentPort } from 'node:worker_threads';
import type { Problem } from '../core/problem.js';
import { convert } from './convert.js';
import type { Answer, Order } from './task.js';

const port = parentPort;
if (port !== null) {
  port.on('message', ({ task, bytes }: Order) => {
    convert(task, bytes).then(
      (body) => {
        // Small buffers are pieces of one that is shared.
        const own = body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body);
        port.postMessage({ body: own } satisfies Answer, [own.buffer as ArrayBuffer]);
      },
      ({ code, message: detail, members }: Problem) => {
        port.postMessage({ problem: { code, detail, members } } satisfies Answer);
      },
    );
  });
  port.postMessage({ ready: true } satisfies Answer);
}
