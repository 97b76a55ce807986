// One question to an origin for its robots.txt, and what the answer means (RFC 9309, 2.3): rules, none, a host that fails
// and is left alone for a while, or a host that is not there at all. Never reads more than is parsed.
import {
  AbortError,
  ErrandError,
  RefusedError,
  type RequestOptions,
  type Session,
  SessionClosedError,
  type StreamingResponse,
  TimeoutError,
} from 'errand';
import { mostRead, type Rules, readRules } from './rules.js';

export interface RobotsFile extends Rules {
  /**
   * - `rules`: it was read.
   * - `none`: there is none that could be had, so nothing is disallowed.
   * - `failing`: the host answers, but not with its robots.txt (5xx, too late): all is disallowed for a while.
   * - `unreachable`: nobody answers there; whoever asks for a page will learn the same.
   */
  readonly state: 'rules' | 'none' | 'failing' | 'unreachable';
  /** How long it counts, in milliseconds. */
  readonly lifetime: number;
  /** About how much it takes in memory. */
  readonly weight: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const untold = 60 * minute;
const leftAlone = 5 * minute;
const mostRedirects = 5;

export async function askForRobots(
  session: Session,
  origin: string,
  token: string,
  { signal, timeout }: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<RobotsFile> {
  const deadline = performance.now() + timeout;
  let url: URL | undefined = new URL('/robots.txt', origin);
  for (let redirects = 0; url !== undefined && redirects <= mostRedirects; redirects++) {
    try {
      await using response: StreamingResponse = await session.stream(url, options(signal, deadline));
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return await fileOf(response, token);
      url = webUrl(location, url);
    } catch (error) {
      if (signal.aborted) throw error;
      return failure(error, redirects > 0);
    }
  }
  return empty('none', untold);
}

function options(signal: AbortSignal, deadline: number): RequestOptions {
  return {
    signal,
    timeout: { total: Math.max(1, deadline - performance.now()) },
    headers: { accept: 'text/plain, */*;q=0.1' },
    redirect: 'manual',
    retry: { attempts: 2, statuses: [], shouldRetry: (error) => (error instanceof TimeoutError ? false : undefined) },
    throwHttpErrors: false,
    cache: false,
  };
}

function webUrl(location: string, base: URL): URL | undefined {
  if (!URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

async function fileOf(response: StreamingResponse, token: string): Promise<RobotsFile> {
  const { status, headers } = response;
  if (status >= 500) return empty('failing', leftAlone);
  const lifetime = lifetimeOf(headers.get('cache-control'), status === 429 ? minute : untold);
  if (status < 200 || status > 299) return empty('none', lifetime);
  try {
    const rules = readRules(await start(response), token);
    const weight = rules.rules.reduce((sum, { text }) => sum + 250 + 3 * text.length, 500);
    return { ...rules, state: 'rules', lifetime, weight };
  } catch (error) {
    if (error instanceof ErrandError && !(error instanceof AbortError)) return empty('failing', leftAlone);
    throw error;
  }
}

/** As much of the body as is parsed, and a little more where there is more, so that a cut can be told. */
async function start(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length > mostRead) break;
  }
  return Buffer.concat(pieces, length);
}

/** @param elsewhere A redirect has led there: the host itself is there, and its robots.txt cannot be had. */
function failure(error: unknown, elsewhere: boolean): RobotsFile {
  if (!(error instanceof ErrandError) || error instanceof SessionClosedError) throw error;
  if (error instanceof RefusedError) return empty(elsewhere ? 'none' : 'unreachable', 0);
  const late = error instanceof TimeoutError && error.phase !== 'connect' && error.phase !== 'queue';
  return late || elsewhere ? empty('failing', leftAlone) : empty('unreachable', 0);
}

function empty(state: RobotsFile['state'], lifetime: number): RobotsFile {
  return { state, lifetime, weight: 500, rules: [], crawlDelay: undefined };
}

/** What the host says of its copy, within a minute and a day (RFC 9309, 2.4). */
function lifetimeOf(cacheControl: string | null, untoldLifetime: number): number {
  const text = cacheControl ?? '';
  if (/\b(?:no-store|no-cache)\b/i.test(text)) return minute;
  const [, seconds] = /\bmax-age\s{0,9}=\s{0,9}"?(\d{1,12})/i.exec(text) ?? [];
  if (seconds === undefined) return untoldLifetime;
  return Math.min(day, Math.max(minute, Number(seconds) * 1_000));
}
