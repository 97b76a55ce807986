// The mix of the soak: errands of many kinds, each with the outcomes that are right for it. A wrong body, an error outside of
// the family or of a kind that the errand cannot have is a violation.
import {
  AbortError,
  CircuitOpenError,
  ConnectError,
  DecodeError,
  DisconnectedError,
  ErrandError,
  HttpError,
  type RequestOptions,
  type Session,
  SessionClosedError,
  TimeoutError,
} from 'errand';
import { bodyOf } from './origin.js';

export type Random = () => number;
export type Outcome = 'answered' | 'aborted' | 'late' | 'broken' | 'refused' | 'closed';

/** Where the errands go: to the origin itself, or to it by a way on which anything may happen. */
export interface Place {
  readonly url: string;
  readonly faulty: boolean;
}

type Run = (session: Session, url: string, options: RequestOptions, errand: Errand) => Promise<unknown>;
interface Kind {
  readonly path: string;
  readonly argument?: (random: Random) => number;
  readonly run: Run;
}
export interface Errand {
  readonly id: number;
  readonly length: number;
  readonly argument: number;
  readonly random: Random;
}

class Violation extends Error {}

const between = (random: Random, least: number, most: number) => least + Math.floor(random() * (most - least + 1));

function checkBody(text: string, { id, length }: Errand): void {
  if (text !== bodyOf(id, length)) throw new Violation(`${id}: another body, '${text.slice(0, 60)}' (${text.length})`);
}

const collected: Run = async (session, url, options, errand) =>
  checkBody(await session.get(url, options).text(), errand);

const streamed: Run = async (session, url, options, errand) => {
  await using response = await session.stream(url, options);
  const pieces: Uint8Array[] = [];
  for await (const piece of response) pieces.push(piece);
  checkBody(Buffer.concat(pieces).toString(), errand);
};

const leftEarly: Run = async (session, url, options, errand) => {
  await using response = await session.stream(url, options);
  if (errand.random() < 0.5) return;
  for await (const piece of response) {
    const text = Buffer.from(piece).toString();
    if (!bodyOf(errand.id, errand.length).startsWith(text)) throw new Violation(`${errand.id}: another beginning`);
    break;
  }
};

const posted: Run = async (session, url, options, errand) => {
  const body = bodyOf(errand.id, errand.length);
  const pieces = async function* () {
    for (let start = 0; start < body.length; start += 700) yield Buffer.from(body.slice(start, start + 700));
  };
  const given = errand.random() < 0.5 ? body : pieces;
  checkBody(await session.post(url, { ...options, body: given }).text(), errand);
};

const fetched: Run = async (session, url, { signal }, errand) => {
  try {
    checkBody(await (await session.fetch(url, signal === undefined ? {} : { signal })).text(), errand);
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw new AbortError(error);
    throw error instanceof TypeError && error.cause instanceof ErrandError ? error.cause : error;
  }
};

const refusedStatus: Run = async (session, url, options, errand) => {
  const error = await session.get(url, options).then(
    () => new Violation(`${errand.id}: a status of ${errand.argument} went well`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HttpError)) throw error;
  if (error.status !== errand.argument) throw new Violation(`${errand.id}: another status, ${error.status}`);
  checkBody(await error.response.text(), errand);
};

const headOnly: Run = async (session, url, options, errand) => {
  const response = await session.head(url, options);
  if (response.headers.get('x-id') !== String(errand.id)) throw new Violation(`${errand.id}: another head`);
};

const kinds: readonly Kind[] = [
  { path: 'sized', run: collected },
  { path: 'chunked', run: collected },
  { path: 'gzip', run: collected },
  { path: 'last', run: collected },
  { path: 'slow', run: collected, argument: (random) => between(random, 1, 20) },
  { path: 'redirect', run: collected, argument: (random) => between(random, 1, 4) },
  { path: 'chunked', run: streamed },
  { path: 'gzip', run: streamed },
  { path: 'last', run: streamed },
  { path: 'chunked', run: leftEarly },
  { path: 'sized', run: leftEarly },
  { path: 'echo', run: posted },
  { path: 'sized', run: fetched },
  { path: 'status', run: refusedStatus, argument: (random) => (random() < 0.5 ? 404 : 410) },
  { path: 'sized', run: headOnly },
];

/** Runs one errand; rejects only with a violation. */
export async function runErrand(session: Session, place: Place, id: number, random: Random): Promise<Outcome> {
  const kind = kinds[Math.floor(random() * kinds.length)] as Kind;
  // Most are small; some are more than one read of the socket.
  const length = random() < 0.9 ? between(random, 1, 3_000) : between(random, 3_000, 120_000);
  const errand = { id, length, argument: kind.argument?.(random) ?? 0, random };
  const url = `${place.url}/${kind.path}/${id}/${length}/${errand.argument}`;
  const fate = random();
  const aborts = fate < 0.1;
  const late = fate >= 0.1 && fate < 0.17;
  const controller = new AbortController();
  const timer = aborts ? setTimeout(() => controller.abort(), between(random, 0, 15)) : undefined;
  const options: RequestOptions = {
    lane: String(id % 5),
    ...(aborts ? { signal: controller.signal } : {}),
    ...(late ? { timeout: between(random, 1, 15) } : {}),
  };
  try {
    await kind.run(session, url, options, errand);
    return 'answered';
  } catch (error) {
    return judge(error, { session, id, aborts, late, faulty: place.faulty });
  } finally {
    clearTimeout(timer);
  }
}

interface Expected {
  readonly session: Session;
  readonly id: number;
  readonly aborts: boolean;
  readonly late: boolean;
  readonly faulty: boolean;
}

function judge(error: unknown, { session, id, aborts, late, faulty }: Expected): Outcome {
  if (error instanceof Violation) throw error;
  if (error instanceof AbortError && aborts) return 'aborted';
  if (error instanceof SessionClosedError && session.closed) return 'closed';
  if (error instanceof TimeoutError && (late || faulty)) return 'late';
  if (faulty && error instanceof CircuitOpenError) return 'refused';
  if (faulty && [DisconnectedError, ConnectError, DecodeError].some((kind) => error instanceof kind)) return 'broken';
  throw new Violation(
    `${id}: an outcome that it cannot have: ${error instanceof Error ? error.stack : String(error)}`,
    {
      cause: error,
    },
  );
}
