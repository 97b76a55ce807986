// Turns of the event loop, one for each piece of work that computes: in between the loop reads what has come and sends what
// is to go, so that a hundred pages that arrive together hold up nobody else for more than one of them.

const waiting: Array<() => void> = [];
let scheduled = false;

/** Settles in a turn of its own, first come, first served. */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!scheduled) schedule();
  });
}

function schedule(): void {
  scheduled = true;
  setImmediate(() => {
    waiting.shift()?.();
    scheduled = false;
    if (waiting.length > 0) schedule();
  });
}
