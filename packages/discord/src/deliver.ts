// An answer's way to the user: tried in ever simpler forms while Discord refuses them, again while Discord is troubled,
// and in the channel when the interaction takes none. It never rejects, and what could not be delivered is in the log.
import { setTimeout as delay } from 'node:timers/promises';
import type { ChatInputCommandInteraction } from 'discord.js';
import type { Acknowledgement } from './acknowledgement.js';
import { sayInChannel } from './channel-message.js';
import { formsOf } from './forms.js';
import { errorFacts, type Log } from './log.js';
import { refusalOf } from './refusal.js';
import type { Message } from './reply.js';

export interface Recipient {
  readonly interaction: ChatInputCommandInteraction;
  readonly acknowledgement: Acknowledgement;
  /** When the interaction's token ends, as a `performance.now()` reading. */
  readonly until: number;
  /** Aborted when there is no more time for trying again. */
  readonly quit: AbortSignal;
  readonly log: Log;
  /** Which interaction this is, for the log. */
  readonly facts: Record<string, unknown>;
}

/** Resolves with whether the user got an answer. `secret`: only the user may see it. */
export async function deliver(message: Message, secret: boolean, to: Recipient): Promise<boolean> {
  const { interaction, acknowledgement, log, facts } = to;
  const forms = formsOf(message, interaction.locale);
  for (let tries = 0; forms.length > 0; ) {
    const [form] = forms as [Message];
    try {
      await acknowledgement.send(form, secret);
      return true;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'transient') {
        if (await pause(tries++, to)) continue;
        log.error({ ...facts, ...errorFacts(error) }, 'the answer was lost: Discord could not be reached in time');
        return false;
      }
      log.warn({ ...facts, refusal, ...errorFacts(error) }, 'Discord did not take the answer');
      if (refusal === 'invalid' || refusal === 'too-large' || refusal === 'already') {
        forms.shift();
        if (refusal === 'too-large') while (forms[0]?.files?.length) forms.shift();
        continue;
      }
      return lastResort(forms, secret, to);
    }
  }
  log.error(facts, 'the answer was lost: Discord took it in no form');
  return false;
}

async function lastResort(forms: readonly Message[], secret: boolean, to: Recipient): Promise<boolean> {
  const { interaction, log, facts } = to;
  const said = await sayInChannel(interaction, forms, secret).catch((error: unknown) => {
    log.warn({ ...facts, ...errorFacts(error) }, 'could not answer in the channel either');
    return false;
  });
  if (said) log.info(facts, 'the interaction takes no answer; answered in the channel instead');
  else log.error(facts, 'the answer was lost: the interaction takes none, and the channel is no place for it');
  return said;
}

/** Waits before the next try; false where there is no time for one. */
async function pause(tries: number, { until, quit }: Recipient): Promise<boolean> {
  const wait = Math.min(250 * 2 ** tries, 15_000);
  if (quit.aborted || performance.now() + wait >= until) return false;
  return delay(wait, true, { signal: quit }).catch(() => false);
}
