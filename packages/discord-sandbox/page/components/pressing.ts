// Sends the press of a button or the choice in a menu to the bot, and follows it until the bot has acknowledged it.
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../state/link.js';
import { useStore } from '../state/store.js';

export type Pressed = 'idle' | 'waiting' | 'failed';

export function usePressing(
  message: string,
  customId: string,
): { pressed: Pressed; press: (values?: readonly string[]) => void } {
  const [sent, setSent] = useState<{ readonly id?: string; readonly refused?: boolean } | null>(null);
  const interaction = useStore((state) =>
    sent?.id === undefined ? undefined : state.interactions.findLast((each) => each.id === sent.id),
  );
  const settled = interaction?.acknowledgedAt !== undefined;
  useEffect(() => {
    if (settled) setSent(null);
  }, [settled]);
  const press = (values?: readonly string[]): void => {
    setSent({});
    ask({ type: 'component', message, customId, ...(values ? { values } : {}) }).then(
      (id) => setSent({ id: String(id) }),
      () => setSent({ refused: true }),
    );
  };
  const failed = sent?.refused === true || interaction?.failedAt !== undefined;
  return { pressed: failed ? 'failed' : sent && !settled ? 'waiting' : 'idle', press };
}
