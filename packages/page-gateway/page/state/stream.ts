// The stream of what happens, read with our own header, which an EventSource could not send. It comes back by itself.
import type { Events } from '../../src/dashboard/protocol.js';
import { refusalOf, send } from './ask.js';

export type Heard = <K extends keyof Events>(event: K, data: Events[K]) => void;

const retry = { first: 500, most: 5_000 };

/** @param link Told whether the stream runs. @returns ends it. */
export function listen(heard: Heard, link: (up: boolean) => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const run = async () => {
    let delay: number = retry.first;
    while (!signal.aborted) {
      try {
        const answer = await send('events', { signal });
        if (!answer.ok || answer.body === null) throw await refusalOf(answer);
        link(true);
        delay = retry.first;
        await read(answer.body, heard);
      } catch {
        // Why does not matter here: it is tried again until somebody ends it.
      }
      if (signal.aborted) return;
      link(false);
      await new Promise((resolve) => setTimeout(resolve, delay));
      delay = Math.min(retry.most, delay * 2);
    }
  };
  void run();
  return () => ending.abort();
}

async function read(body: ReadableStream<Uint8Array>, heard: Heard): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      tell(text.slice(0, end), heard);
      text = text.slice(end + 2);
    }
  }
}

function tell(block: string, heard: Heard): void {
  const event = /^event: (\w+)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (event !== undefined && data !== undefined) heard(event as keyof Events, JSON.parse(data));
}
