// Ctrl-C and its kin: the first one ends the work in good order, the second one at once.

export interface Ending {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Which one it was. */
  readonly name: () => NodeJS.Signals | undefined;
  /** Stops listening. */
  stop(): void;
}

const watched = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** @param exit What the second signal does, with the exit code that shells expect of it. */
export function watchSignals(exit: (code: number) => void = (code) => process.exit(code)): Ending {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  const heard = (name: NodeJS.Signals) => {
    if (first !== undefined) return exit(128 + (numbers as Record<string, number>)[name]!);
    first = name;
    controller.abort();
  };
  for (const name of watched) process.on(name, heard);
  return {
    signal: controller.signal,
    name: () => first,
    stop: () => {
      for (const name of watched) process.off(name, heard);
    },
  };
}
