// What the log shows for a channel, in order: days, messages (those of one author close together), and the viewer's own
// commands that have no answer yet or never got one.
import type { InteractionView, MessageView } from '../../src/playground/protocol.js';
import { midnight } from '../kit/time.js';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'message'; readonly key: string; readonly message: MessageView; readonly joined: boolean }
  | { readonly kind: 'sending' | 'failed'; readonly key: string; readonly interaction: InteractionView };

const TOGETHER = 7 * 60_000;

export function rowsOf(
  messages: readonly MessageView[],
  interactions: readonly InteractionView[],
  dismissed: ReadonlySet<string>,
): Row[] {
  const rows: Row[] = [];
  let before: MessageView | undefined;
  let day = Number.NaN;
  const startDay = (at: number): void => {
    if (midnight(at) === day) return;
    day = midnight(at);
    rows.push({ kind: 'day', key: `day-${day}`, at });
    before = undefined;
  };
  const pending = interactions.filter(isPending).filter((each) => !dismissed.has(each.id));
  let next = 0;
  const addPending = (until: number): void => {
    for (; next < pending.length && pending[next]!.receivedAt < until; next += 1) {
      const interaction = pending[next]!;
      startDay(interaction.receivedAt);
      rows.push({ kind: interaction.failedAt === undefined ? 'sending' : 'failed', key: interaction.id, interaction });
      before = undefined;
    }
  };
  for (const message of messages) {
    addPending(message.at);
    startDay(message.at);
    rows.push({ kind: 'message', key: message.id, message, joined: before !== undefined && belongs(before, message) });
    before = message;
  }
  addPending(Number.POSITIVE_INFINITY);
  return rows;
}

/** A command that the bot has not acknowledged; once it has, there is a message to look at. */
function isPending(interaction: InteractionView): boolean {
  return interaction.kind === 'command' && interaction.acknowledgedAt === undefined;
}

function belongs(before: MessageView, message: MessageView): boolean {
  return (
    before.author.id === message.author.id &&
    message.at - before.at < TOGETHER &&
    message.reply === undefined &&
    message.cause === undefined &&
    before.ephemeral === message.ephemeral
  );
}
