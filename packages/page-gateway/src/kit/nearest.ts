// The known word that a mistyped one was probably meant to be, for errors that help.

/** The one that takes the fewest changes; `undefined` only where nothing is known at all. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  return closest(word, known)?.word;
}

/** The nearest one, where it is near enough to have been meant. */
export function meant(word: string, known: Iterable<string>): string | undefined {
  const best = closest(word, known);
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.word : undefined;
}

/** Nobody mistypes more than this, and comparing takes time. */
const longest = 64;

function closest(word: string, known: Iterable<string>): { word: string; distance: number } | undefined {
  const given = word.slice(0, longest).toLowerCase();
  let best: { word: string; distance: number } | undefined;
  for (const each of known) {
    const distance = distanceBetween(given, each.toLowerCase());
    if (!best || distance < best.distance) best = { word: each, distance };
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours that make one of the other. */
function distanceBetween(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}
