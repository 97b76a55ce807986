// The stream of pictures of a live page: one question at a time, answered when there is something new to see.
import { type Refusal, refusalOf, send } from '../state/ask.js';

export interface Watching {
  readonly drawn: (picture: ImageBitmap) => void;
  readonly failed: (error: Refusal) => void;
}

/** @returns ends it. */
export function watch(ticket: string, { drawn, failed }: Watching): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const run = async () => {
    let last = 0;
    while (!signal.aborted) {
      const answer = await send(`tickets/${ticket}/picture?after=${last}`, { signal });
      if (!answer.ok) throw await refusalOf(answer);
      if (answer.status === 204) continue;
      last = Number(answer.headers.get('x-picture'));
      const picture = await createImageBitmap(await answer.blob());
      if (!signal.aborted) drawn(picture);
    }
  };
  run().catch((error: Refusal) => {
    if (!signal.aborted) failed(error);
  });
  return () => ending.abort();
}
