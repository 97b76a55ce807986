// Autocompletion: cannot be deferred, so it has 1.8 s in all. Whatever goes wrong, the list is empty and the user types
// on; a newer keystroke of the same user ends the older one's work.
import type { AutocompleteInteraction } from 'discord.js';
import type { Session } from 'errand';
import { fitChoices } from './choices.js';
import type { Choice, Command } from './command.js';
import { ExpiringMap } from './expiring-map.js';
import { errorFacts, type Log } from './log.js';
import { Notice } from './notice.js';
import { refusalOf } from './refusal.js';
import { viewOf } from './web.js';

const within = 1_800;
const rememberedFor = 10_000;
const rememberedAnswers = 1_000;

export class Autocompletion {
  readonly #session: Session;
  readonly #log: Log;
  readonly #typing = new Map<string, AbortController>();
  readonly #answers = new ExpiringMap<string, Choice[]>(rememberedAnswers);
  /** What a user did with a command changes what it suggests: counted up to pass by older answers. */
  readonly #uses = new ExpiringMap<string, number>(rememberedAnswers);

  constructor(session: Session, log: Log) {
    this.#session = session;
    this.#log = log;
  }

  /** Answers the interaction; never rejects. */
  async answer(command: Command, interaction: AutocompleteInteraction): Promise<void> {
    const key = this.#keyOf(interaction);
    const known = this.#answers.get(key, Date.now());
    const choices = known ?? (await this.#ask(command, interaction, key));
    await this.respond(interaction, choices);
  }

  /** The user has run the command: what it suggested to them before may be outdated. */
  used(command: string, userId: string): void {
    const key = `${userId} ${command}`;
    const now = Date.now();
    this.#uses.set(key, (this.#uses.get(key, now) ?? 0) + 1, now + 2 * rememberedFor, now);
  }

  /** Ends all work under way: their lists are empty. */
  stop(): void {
    for (const controller of this.#typing.values()) controller.abort(new Notice('restarting', 'the bot is stopping'));
  }

  async respond(interaction: AutocompleteInteraction, choices: readonly Choice[]): Promise<void> {
    try {
      await interaction.respond(choices);
    } catch (error) {
      const { id, commandName } = interaction;
      this.#log.warn({ interaction: id, command: commandName, ...errorFacts(error) }, 'the choices were not taken');
      if (refusalOf(error) === 'invalid' && choices.length > 0) await this.respond(interaction, []);
    }
  }

  async #ask(command: Command, interaction: AutocompleteInteraction, key: string): Promise<Choice[]> {
    const { user, commandName, guildId, id } = interaction;
    const typing = `${user.id} ${commandName} ${interaction.options.getFocused(true).name}`;
    const controller = new AbortController();
    this.#typing.get(typing)?.abort(new Notice('aborted', 'the user has typed on'));
    this.#typing.set(typing, controller);
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(new Notice('tookTooLong', `no choices in ${within} ms`)), within);
    try {
      const web = viewOf(this.#session, { id, lane: guildId ?? user.id, signal });
      const ended = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      const found = await Promise.race([command.autocomplete?.(interaction, web), ended]);
      const choices = fitChoices(found);
      const now = Date.now();
      this.#answers.set(key, choices, now + rememberedFor, now);
      return choices;
    } catch (error) {
      const typedOn = signal.aborted && (signal.reason as Notice).sentence === 'aborted';
      const facts = { interaction: id, command: commandName, guild: guildId, user: user.id };
      if (!typedOn) this.#log.warn({ ...facts, ...errorFacts(error) }, 'no choices: autocompletion failed');
      return [];
    } finally {
      clearTimeout(timer);
      if (this.#typing.get(typing) === controller) this.#typing.delete(typing);
    }
  }

  /** Who asks, where, in which language, and everything typed so far: choices may depend on all of it. */
  #keyOf(interaction: AutocompleteInteraction): string {
    const { user, guildId, locale, commandName, options } = interaction;
    const uses = this.#uses.get(`${user.id} ${commandName}`, Date.now()) ?? 0;
    return JSON.stringify([user.id, uses, guildId, locale, commandName, options.data]);
  }
}
