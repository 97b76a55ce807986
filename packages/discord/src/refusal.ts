// What it means when Discord, or the way to it, does not take an answer. Judged by the error's facts alone, so that
// errors of any version of discord.js's REST are understood.

/**
 * - `gone`: the interaction or its token is not known (any more): nothing can be said through it.
 * - `already`: it was acknowledged before.
 * - `too-large`: the files are larger than may be sent here.
 * - `invalid`: this message will never be accepted; another form of it may.
 * - `transient`: Discord, or the way to it, is troubled: the same may be accepted later.
 * - `forbidden`: the bot may not do that.
 */
export type Refusal = 'gone' | 'already' | 'too-large' | 'invalid' | 'transient' | 'forbidden';

const meaning: Readonly<Record<number, Refusal>> = {
  10003: 'gone', // unknown channel
  10008: 'gone', // unknown message: the deferred answer was deleted
  10015: 'gone', // unknown webhook: never acknowledged, or older than 15 minutes
  10062: 'gone', // unknown interaction: not acknowledged within 3 s
  50027: 'gone', // invalid webhook token
  40060: 'already',
  40094: 'forbidden', // the follow-ups of a user-installed app are used up
  40005: 'too-large',
};

/** What a failed call of discord.js means for the answer. */
export function refusalOf(error: unknown): Refusal {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
  if (typeof status !== 'number') return isLocalMistake(error) ? 'invalid' : 'transient';
  const known = meaning[Number(code)];
  if (known !== undefined) return known;
  if (status === 413) return 'too-large';
  if (status === 429 || status === 408 || status >= 500) return 'transient';
  if (status === 404) return 'gone';
  return status === 401 || status === 403 ? 'forbidden' : 'invalid';
}

/** discord.js refuses some messages by itself, before it asks Discord; the network fails with other errors. */
function isLocalMistake(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, cause } = error as { name: string; code?: unknown; cause?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError' || cause !== undefined) return false;
  if (typeof code === 'string') return !/^(?:E[A-Z]+|UND_ERR|ERR_)/.test(code);
  return error instanceof TypeError || error instanceof RangeError || 'constraint' in error || 'errors' in error;
}
