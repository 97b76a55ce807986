// What happens, as a stream of server-sent events to every page that looks: calls as they change, a few times a second at
// most, and the state of all rooms when it changes. A reader who is slow misses steps, never memory of ours.
import type { ServerResponse } from 'node:http';
import type { CallEvent, CallReport, Calls } from '../answers/calls.js';
import { Minutes } from './minutes.js';
import type { Events } from './protocol.js';
import { readState, type StateParts } from './state.js';

export interface FeedOptions extends StateParts {
  readonly calls: Calls;
  readonly failed: (error: unknown) => void;
}

const tellEvery = 200;
const lookEvery = 2_000;
/** A connection that says nothing for longer is taken for dead on the way. */
const beatEvery = 15_000;
/** Calls that a slow reader is told of at once; older ones it misses. */
const mostAtOnce = 500;

interface Reader {
  readonly response: ServerResponse;
  readonly changed: Map<string, CallReport>;
  /** What it was told last, so that nothing is told twice. */
  state: string;
  told: number;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #minutes = new Minutes();
  readonly #readers = new Set<Reader>();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #state = '';

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#stop = options.calls.listen((event) => this.#heard(event));
  }

  /** From now on until the reader goes. The head must be written already. */
  read(response: ServerResponse): void {
    const reader: Reader = { response, changed: new Map(), state: '', told: Date.now() };
    this.#readers.add(reader);
    response.once('close', () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#rest();
    });
    send(reader, 'calls', JSON.stringify(this.#options.calls.recent()));
    this.#lookedAt = 0;
    this.#timer ??= setInterval(() => void this.#tell().catch(this.#options.failed), tellEvery).unref();
    void this.#tell().catch(this.#options.failed);
  }

  close(): void {
    this.#stop();
    this.#rest();
    for (const { response } of this.#readers) response.end();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #heard({ kind, call }: CallEvent): void {
    if (kind === 'ended' && call.ended) {
      const failed = call.ended.code !== 'ok' && call.ended.code !== 'gone';
      this.#minutes.add(call.ended.ms, failed, Date.now());
    }
    for (const { changed } of this.#readers) {
      const key = `${call.id} ${call.began}`;
      changed.delete(key);
      changed.set(key, call);
      if (changed.size > mostAtOnce) changed.delete(changed.keys().next().value as string);
    }
  }

  async #tell(): Promise<void> {
    const now = Date.now();
    if (now - this.#lookedAt >= lookEvery) {
      this.#lookedAt = now;
      this.#state = JSON.stringify(await readState(this.#options, this.#minutes));
    }
    for (const reader of this.#readers) {
      if (reader.response.writableNeedDrain) continue;
      if (reader.changed.size > 0) {
        send(reader, 'changed', JSON.stringify([...reader.changed.values()]));
        reader.changed.clear();
      }
      if (reader.state !== this.#state) {
        reader.state = this.#state;
        send(reader, 'state', this.#state);
      }
      if (now - reader.told > beatEvery) beat(reader);
    }
  }
}

/** JSON has no line ends of its own, so that one line carries it. */
function send(reader: Reader, event: keyof Events, json: string): void {
  reader.told = Date.now();
  reader.response.write(`event: ${event}\ndata: ${json}\n\n`);
}

function beat(reader: Reader): void {
  reader.told = Date.now();
  reader.response.write(': \n\n');
}
