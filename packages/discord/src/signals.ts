// SIGINT and SIGTERM for the bots of this process: the first one stops them all in order, a second one ends the process
// at once. The process's handlers are there while a bot runs and at no other time.
import type { Log } from './log.js';

/** A running bot, as the signals see it. */
export interface Stoppable {
  /** Resolves with whether everything ended in order. Bounded by the bot itself. */
  readonly end: () => Promise<boolean>;
  /** The hard end, in milliseconds from the signal. */
  readonly within: number;
  readonly log: Log;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
const bots = new Set<Stoppable>();
let ending = false;

/** The bot ends with the process's signals until the returned function is called. */
export function endOnSignals(bot: Stoppable): () => void {
  if (bots.size === 0) for (const signal of signals) process.on(signal, onSignal);
  bots.add(bot);
  return () => {
    bots.delete(bot);
    // While the process is ending the handlers stay, for a second signal.
    if (bots.size === 0 && !ending) for (const signal of signals) process.off(signal, onSignal);
  };
}

function onSignal(signal: NodeJS.Signals): void {
  const [first] = bots;
  if (ending) {
    first?.log.warn({ signal }, 'second signal: ending at once');
    process.exit(1);
  }
  first?.log.info({ signal }, 'stopping');
  void endProcess(0);
}

/** Stops every bot of this process and ends it: with `code`, or with 1 where something could not end in order. */
export async function endProcess(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  const all = [...bots];
  const within = Math.max(0, ...all.map((bot) => bot.within));
  const hard = setTimeout(() => {
    all[0]?.log.error({ within }, 'not everything ended in time: ending hard');
    process.exit(1);
  }, within);
  const clean = await Promise.all(all.map((bot) => bot.end().catch(() => false)));
  clearTimeout(hard);
  ending = false;
  for (const signal of signals) process.off(signal, onSignal);
  process.exit(clean.every(Boolean) ? code : 1);
}
