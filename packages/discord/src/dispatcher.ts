// How commands are run, one interaction at a time: acknowledged in time, ended in time, answered whatever happens. The
// same for interactions from the gateway and over HTTP; it knows nothing of logins, signals or listeners.
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import type { Session } from 'errand';
import { Acknowledgement } from './acknowledgement.js';
import { Autocompletion } from './autocomplete.js';
import { byName, type Command, type Reply } from './command.js';
import { Cooldowns } from './cooldown.js';
import { deliver, type Recipient } from './deliver.js';
import { type Duration, milliseconds } from './duration.js';
import { ExpiringMap } from './expiring-map.js';
import { explain } from './explain.js';
import { withFilesUpTo } from './forms.js';
import { consoleLog, errorFacts, type Log } from './log.js';
import { Notice } from './notice.js';
import { Pace } from './pace.js';
import { type Message, toMessage } from './reply.js';
import { viewOf } from './web.js';

/** An interaction's token lives 15 minutes; commands end this much earlier, so that there is time for the answer. */
const tokenLife = 15 * 60_000;
const margin = 30_000;
const defaultFileLimit = 10 * 1024 * 1024;

export interface DispatcherOptions {
  readonly session: Session;
  readonly commands: readonly Command[];
  readonly deferAfter?: Duration | undefined;
  readonly log?: Log | undefined;
  /** Whether commands that are not among these are answered too, with a sentence that they are gone. */
  readonly exclusive?: boolean;
}

/** How long to wait, in milliseconds, for answers under way, and then for those that had to be cut short. */
export interface StopTimes {
  readonly finish: number;
  readonly apologise: number;
}

export class Dispatcher {
  readonly #session: Session;
  readonly #commands: ReadonlyMap<string, Command>;
  readonly #pace: Pace;
  readonly #log: Log;
  readonly #exclusive: boolean;
  readonly #cooldowns = new Cooldowns();
  readonly #autocompletion: Autocompletion;
  readonly #running = new Set<AbortController>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #seen = new ExpiringMap<string, true>(10_000);
  readonly #quit = new AbortController();
  #stopping = false;

  constructor({ session, commands, deferAfter, log, exclusive }: DispatcherOptions) {
    this.#session = session;
    this.#commands = byName(commands);
    this.#pace = new Pace(milliseconds(deferAfter ?? '1.5s', 'deferAfter'));
    this.#log = log ?? consoleLog;
    this.#exclusive = exclusive ?? false;
    this.#autocompletion = new Autocompletion(session, this.#log);
  }

  /** Takes the interaction if it is for one of the commands; the promise ends with its answer and never rejects. */
  accept(interaction: Interaction): Promise<void> | undefined {
    const work = this.#workFor(interaction);
    if (work === undefined) return undefined;
    // A resumed gateway session may tell of the same interaction again.
    const now = performance.now();
    if (this.#seen.get(interaction.id, now)) return Promise.resolve();
    this.#seen.set(interaction.id, true, now + tokenLife, now);
    const done = work().catch((error: unknown) => {
      this.#log.error({ interaction: interaction.id, ...errorFacts(error) }, 'an interaction could not be handled');
    });
    this.#underWay.add(done);
    return done.finally(() => this.#underWay.delete(done));
  }

  /**
   * Takes nothing new (who comes is told to come back), lets commands finish, cuts the others short with an apology.
   * When it resolves nothing is under way any more, or the time is up and what was lost is in the log.
   */
  async stop({ finish, apologise }: StopTimes): Promise<void> {
    this.#stopping = true;
    this.#autocompletion.stop();
    await this.#idleWithin(finish);
    for (const controller of this.#running) controller.abort(new Notice('restarting', 'the bot is stopping'));
    await this.#idleWithin(apologise);
    this.#quit.abort();
    if (this.#underWay.size > 0) {
      this.#log.error({ unanswered: this.#underWay.size }, 'stopped before every interaction was answered');
    }
  }

  async #idleWithin(time: number): Promise<void> {
    const end = performance.now() + time;
    const enough = new AbortController();
    const timeout = delay(Math.max(0, time), undefined, { signal: enough.signal }).catch(() => {});
    while (this.#underWay.size > 0 && performance.now() < end) {
      await Promise.race([Promise.all(this.#underWay), timeout]);
    }
    enough.abort();
  }

  #workFor(interaction: Interaction): (() => Promise<void>) | undefined {
    if (interaction.isChatInputCommand()) {
      const command = this.#commands.get(interaction.commandName);
      if (command !== undefined) return () => this.#run(command, interaction);
      return this.#exclusive ? () => this.#turnAway(interaction, 'gone') : undefined;
    }
    if (interaction.isAutocomplete()) {
      const command = this.#commands.get(interaction.commandName);
      if (command?.autocomplete === undefined || this.#stopping) {
        return command || this.#exclusive ? () => this.#autocompletion.respond(interaction, []) : undefined;
      }
      return () => this.#autocompletion.answer(command, interaction as AutocompleteInteraction);
    }
    return undefined;
  }

  async #turnAway(interaction: ChatInputCommandInteraction, sentence: 'gone' | 'restarting'): Promise<void> {
    const to = this.#recipient(interaction, this.#acknowledge(interaction, true));
    await this.#apologise(new Notice(sentence, `turned away: ${sentence}`), to);
  }

  async #run(command: Command, interaction: ChatInputCommandInteraction): Promise<void> {
    if (this.#stopping) return this.#turnAway(interaction, 'restarting');
    const to = this.#recipient(interaction, this.#acknowledge(interaction, command.ephemeral ?? false));
    const again = this.#cooldowns.enter(command, interaction.user.id);
    if (again !== undefined) {
      return this.#apologise(new Notice('cooldown', 'used again too soon', new Date(again)), to);
    }
    this.#autocompletion.used(interaction.commandName, interaction.user.id);
    let reply: Reply | undefined;
    try {
      reply = await this.#execute(command, interaction, to);
      await to.acknowledgement.settle();
      if (reply === undefined) return await this.#finishByItself(to);
      await this.#answer(toMessage(reply), command.ephemeral ?? false, to);
    } catch (error) {
      await this.#apologise(error, to);
    }
  }

  /** The command's own outcome, or the end of its time, whichever is first. */
  async #execute(
    command: Command,
    interaction: ChatInputCommandInteraction,
    to: Recipient,
  ): Promise<Reply | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    const left = to.until - performance.now() - margin;
    const limit = Math.min(left, milliseconds(command.deadline ?? Number.POSITIVE_INFINITY, 'deadline'));
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const timer = setTimeout(() => {
      controller.abort(new Notice('tookTooLong', `the command did not finish within ${Math.round(limit)} ms`));
    }, limit);
    const web = viewOf(this.#session, {
      id: interaction.id,
      lane: interaction.guildId ?? interaction.user.id,
      signal,
      attachmentSizeLimit: interaction.attachmentSizeLimit,
    });
    this.#running.add(controller);
    try {
      return await Promise.race([(async () => command.execute(interaction, web))(), ended]);
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  /** Nothing was returned: the command has answered, or is to blame for an empty answer. */
  async #finishByItself(to: Recipient): Promise<void> {
    const { interaction, acknowledgement } = to;
    // It may have deferred by itself, to answer later from elsewhere.
    if (interaction.replied || (interaction.deferred && acknowledgement.usedByCommand)) return;
    throw new Notice('noAnswer', 'the command returned nothing and did not answer by itself');
  }

  async #answer(message: Message, ephemeral: boolean, to: Recipient): Promise<void> {
    const { interaction } = to;
    const fitting = withFilesUpTo(message, interaction.attachmentSizeLimit ?? defaultFileLimit, interaction.locale);
    const secret = ephemeral || ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
    await deliver(fitting, secret, to);
  }

  async #apologise(error: unknown, to: Recipient): Promise<void> {
    if (error instanceof Notice) this.#note(error, to);
    else this.#log.error({ ...to.facts, ...errorFacts(error) }, 'a command failed');
    const content = explain(error, to.interaction.locale);
    await deliver({ content, flags: MessageFlags.Ephemeral, allowedMentions: { parse: [] } }, true, to);
  }

  /** What the command's author has to mend is a warning; the rest is everyday life. */
  #note({ sentence, message }: Notice, { facts }: Recipient): void {
    const level = sentence === 'noAnswer' || sentence === 'tookTooLong' ? 'warn' : 'info';
    this.#log[level]({ ...facts, reason: message }, 'a command was not completed');
  }

  #acknowledge(interaction: ChatInputCommandInteraction, ephemeral: boolean): Acknowledgement {
    const deferAfter = Math.max(0, this.#pace.deferAfter - ageOf(interaction));
    const took = (time: number): void => this.#pace.took(time);
    return new Acknowledgement(interaction, { ephemeral, deferAfter, took, log: this.#log });
  }

  #recipient(interaction: ChatInputCommandInteraction, acknowledgement: Acknowledgement): Recipient {
    const { id, commandName, guildId, user } = interaction;
    return {
      interaction,
      acknowledgement,
      until: performance.now() + tokenLife - ageOf(interaction),
      quit: this.#quit.signal,
      log: this.#log,
      facts: { interaction: id, command: commandName, guild: guildId ?? undefined, user: user.id },
    };
  }
}

/**
 * How long ago Discord made the interaction, in milliseconds: a busy event loop eats of the 3 s. Where the clocks of
 * Discord and this machine do not agree, 0.
 */
function ageOf({ createdTimestamp }: ChatInputCommandInteraction): number {
  const age = Date.now() - createdTimestamp;
  return age > 0 && age < 3_000 ? age : 0;
}
