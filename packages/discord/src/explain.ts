// Errors in words for people: which sentence of the table fits which error. It must never show a part of the error
// itself: addresses, codes and messages are internals.
import { languageOf, languages } from './languages/index.js';
import type { Sentences } from './languages/sentences.js';
import { Notice } from './notice.js';

/** An error of errand's family, told by its code: errors of another copy of the package, or from a worker, count too. */
export interface Coded {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly cause?: unknown;
  readonly [fact: string]: unknown;
}

/**
 * A sentence that a person can act on, without internals, for any error of errand, in the user's language where there
 * is one (de, en, es, fr, it, ja, nl, pl, pt), else in English. Discord's locales ('en-GB', 'pt-BR') are understood.
 * @example
 * await interaction.reply({ content: explain(error, interaction.locale), flags: MessageFlags.Ephemeral });
 */
export function explain(error: unknown, locale?: string): string {
  const { sentence, until } = reasonOf(error);
  return say(sentence, locale, until);
}

/** The sentence in the user's language, with the time filled in. */
export function say(sentence: keyof Sentences, locale?: string, until?: Date): string {
  const language = languageOf(locale);
  const text = languages[language]![sentence];
  if (!text.includes('{')) return text;
  const seconds = Math.max(1, Math.ceil(((until?.getTime() ?? 0) - Date.now()) / 1000));
  const [amount, unit] = span(seconds);
  return text
    .replace('{when}', () => new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(amount, unit))
    .replace('{wait}', () =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount),
    );
}

function span(seconds: number): [number, 'second' | 'minute' | 'hour'] {
  if (seconds < 100) return [seconds, 'second'];
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? [minutes, 'minute'] : [Math.ceil(minutes / 60), 'hour'];
}

interface Reason {
  readonly sentence: keyof Sentences;
  readonly until?: Date | undefined;
}

function reasonOf(error: unknown): Reason {
  const notice = findCause(error, (cause) => cause instanceof Notice);
  if (notice instanceof Notice) return { sentence: notice.sentence, until: notice.until };
  const known = errandErrorOf(error);
  if (known !== undefined) return reasonOfErrand(known);
  if (findCause(error, isBadUrl)) return { sentence: 'badUrl' };
  if (findCause(error, (cause) => nameOf(cause) === 'TimeoutError')) return { sentence: 'timeout' };
  if (nameOf(error) === 'AbortError') return { sentence: 'aborted' };
  return { sentence: 'unknown' };
}

/** The outermost error of errand's family in the chain of causes, if there is one. */
export function errandErrorOf(error: unknown): Coded | undefined {
  return findCause(
    error,
    (cause) => typeof (cause as Coded).code === 'string' && (cause as Coded).code.startsWith('ERRAND'),
  ) as Coded | undefined;
}

const simple: Readonly<Record<string, keyof Sentences>> = {
  ERRAND_DNS: 'dns',
  ERRAND_CONNECT: 'connect',
  ERRAND_TLS: 'tls',
  ERRAND_PROXY: 'proxy',
  ERRAND_DISCONNECTED: 'disconnected',
  ERRAND_PROTOCOL: 'protocol',
  ERRAND_REDIRECT: 'redirect',
  ERRAND_BODY_TOO_LARGE: 'tooLarge',
  ERRAND_DECODE: 'unreadable',
  ERRAND_CONTENT_TYPE: 'unreadable',
  ERRAND_PARSE: 'unreadable',
  ERRAND_VALIDATION: 'unreadable',
  ERRAND_BLOCKED_ADDRESS: 'blocked',
  ERRAND_QUEUE_FULL: 'busy',
  ERRAND_SESSION_CLOSED: 'restarting',
  ERRAND_ABORTED: 'aborted',
};

function reasonOfErrand(error: Coded): Reason {
  if (error.code === 'ERRAND_TIMEOUT') return { sentence: error.phase === 'queue' ? 'busy' : 'timeout' };
  if (error.code === 'ERRAND_HTTP_STATUS') return { sentence: sentenceOfStatus(Number(error.status)) };
  const until = error.retryAt instanceof Date && error.retryAt.getTime() > Date.now() ? error.retryAt : undefined;
  if (error.code === 'ERRAND_CIRCUIT_OPEN') return { sentence: until ? 'restingUntil' : 'resting', until };
  if (error.code === 'ERRAND_RATE_LIMIT') return { sentence: until ? 'limitedUntil' : 'busy', until };
  if (error.code === 'ERRAND_ABORTED' && findCause(error, (cause) => nameOf(cause) === 'TimeoutError')) {
    return { sentence: 'timeout' };
  }
  return { sentence: simple[error.code] ?? 'unknown' };
}

function sentenceOfStatus(status: number): keyof Sentences {
  if (status === 404 || status === 410) return 'notFound';
  if (status === 401 || status === 403 || status === 407 || status === 451) return 'forbidden';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 413) return 'tooLarge';
  if (status === 429) return 'tooMany';
  return status >= 500 ? 'serverError' : 'rejected';
}

/** The platform's error for a URL that it cannot read, or the session's, which names the argument. */
function isBadUrl(cause: unknown): boolean {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return code === 'ERR_INVALID_URL' || (cause instanceof TypeError && /^url: /.test(String(message)));
}

function nameOf(value: unknown): unknown {
  return (value as { name?: unknown } | null | undefined)?.name;
}

/** The first of the error and its causes that fits. The chain is bounded: it may be circular. */
function findCause(error: unknown, fits: (cause: object) => boolean): object | undefined {
  let cause = error;
  for (let depth = 0; depth < 8 && typeof cause === 'object' && cause !== null; depth++) {
    if (fits(cause)) return cause;
    cause = (cause as { cause?: unknown }).cause;
  }
  return undefined;
}
