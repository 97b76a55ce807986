/**
 * Users at the keyboard, for tests: types commands, presses buttons, fills in forms, and waits for what comes of it.
 * What a user does never rejects because of the bot; it resolves with what the user would see.
 */
import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import type { Alarm } from '../clock.js';
import { Refusal } from '../refusal.js';
import type { FieldValue } from '../world/components.js';
import type { OptionValues } from '../world/options.js';
import type { Actor, WorldInteraction } from '../world/types.js';
import type { World } from '../world/world.js';
import { failedReply, messageOf, type SandboxMessage, type SandboxReply } from './reply.js';
import { Watch } from './watch.js';

/** How long a user waits for the bot to come online, and for the command to be registered, in ms. */
const CONNECT_WITHIN = 5_000;
const REGISTER_WITHIN = 2_000;

/** Who does it, where, and how long the caller waits. */
export interface As extends Actor {
  /** How long to wait for the end, in ms. Left out: as long as Discord does, 3 s for an acknowledgement and 15 min for a deferred answer. */
  readonly timeout?: number;
}

export type Choice = { name: string; value: string | number };

export class Driver {
  readonly #world: World;
  readonly #watch: Watch;
  readonly #pending = new Set<() => void>();
  #closed = false;

  constructor(world: World) {
    this.#world = world;
    this.#watch = new Watch(world);
  }

  async slash(name: string, options: OptionValues = {}, as: As = {}): Promise<SandboxReply> {
    return this.#act(as, async () => {
      await this.#registered(as, name);
      return () => this.#world.useCommand(as, name, options);
    });
  }

  async menu(name: string, target: string, as: As = {}): Promise<SandboxReply> {
    return this.#act(as, async () => {
      await this.#registered(as, name);
      return () => this.#world.useMenu(as, name, target);
    });
  }

  async click(messageId: string, customId: string, as: As = {}): Promise<SandboxReply> {
    return this.#act(as, async () => () => this.#world.press(as, messageId, customId));
  }

  async select(messageId: string, customId: string, values: readonly string[], as: As = {}): Promise<SandboxReply> {
    return this.#act(as, async () => () => this.#world.press(as, messageId, customId, values));
  }

  async submitModal(
    interactionId: string,
    fields: Readonly<Record<string, FieldValue>>,
    as: As = {},
  ): Promise<SandboxReply> {
    return this.#act(as, async () => () => this.#world.submit(interactionId, fields));
  }

  /** Rejects where the user could not have typed there; the list is empty where the bot failed. */
  async autocomplete(
    name: string,
    option: string,
    typed: string,
    as: As & { options?: OptionValues } = {},
  ): Promise<Choice[]> {
    await this.#online();
    await this.#registered(as, name);
    const interaction = this.#world.typeAhead(as, name, option, typed, as.options);
    const reply = this.#watch.outcome(interaction, interaction.at, as.timeout);
    await reply;
    return (interaction.choices ?? []).map(({ name: shown, value }: APIApplicationCommandOptionChoice) => ({
      name: shown,
      value,
    }));
  }

  say(
    channelId: string,
    content: string,
    as: Omit<Actor, 'guild' | 'channel'> & { replyTo?: string } = {},
  ): SandboxMessage {
    const { replyTo, ...actor } = as;
    const channel = this.#world.directory.channel(channelId);
    if (!channel) throw new Error(`There is no channel ${channelId} in the sandbox`);
    const user = actor.user ?? channel.recipientId ?? undefined;
    const message = this.#world.say(
      { ...actor, channel: channelId, ...(user === undefined ? {} : { user }) },
      content,
      replyTo === undefined ? {} : { replyTo },
    );
    return messageOf(message);
  }

  react(messageId: string, emoji: string, as: { user?: string; remove?: boolean } = {}): void {
    const { remove = false, ...actor } = as;
    this.#world.react(actor, messageId, emoji, remove ? 'remove' : 'add');
  }

  messages(channelId?: string): SandboxMessage[] {
    const { messages } = this.#world;
    return (channelId === undefined ? messages.everywhere() : messages.list(channelId)).map(messageOf);
  }

  close(): void {
    this.#closed = true;
    for (const release of [...this.#pending]) release();
    this.#watch.close();
  }

  async #act(as: As, prepare: () => Promise<() => WorldInteraction>): Promise<SandboxReply> {
    const called = this.#world.clock.now();
    try {
      await this.#online();
      const open = await prepare();
      const interaction = open();
      return await this.#watch.outcome(interaction, interaction.at, as.timeout);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return failedReply(error.fact, this.#world.clock.now() - called);
    }
  }

  async #online(): Promise<void> {
    await this.#until(() => this.#world.connected, 'bot', CONNECT_WITHIN);
    if (!this.#world.connected) {
      throw new Refusal(
        503,
        0,
        `No bot is connected to the sandbox (waited ${CONNECT_WITHIN / 1_000} s): log in with sandbox.token and rest: sandbox.rest`,
      );
    }
  }

  async #registered(as: As, typed: string): Promise<void> {
    const { guild } = this.#world.directory.place(as);
    const [name] = typed.replace(/^\//, '').trim().split(/\s+/);
    const there = () =>
      this.#world.commands
        .usable(guild?.id ?? null)
        .some(({ payload }) => payload.name === name || payload.name === typed);
    await this.#until(there, 'commands', REGISTER_WITHIN);
  }

  /** Returns when it is so, or when the time is up; throws where the sandbox is closed. */
  async #until(condition: () => boolean, event: 'bot' | 'commands', within: number): Promise<void> {
    if (!condition() && !this.#closed) await this.#wait(condition, event, within);
    if (this.#closed) throw new Refusal(503, 0, 'The sandbox was closed');
  }

  async #wait(condition: () => boolean, event: 'bot' | 'commands', within: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = () => {
        if (condition()) release();
      };
      const release = () => {
        alarm.cancel();
        this.#world.off(event, check);
        this.#pending.delete(release);
        resolve();
      };
      const alarm: Alarm = this.#world.clock.after(within, release);
      this.#world.on(event, check);
      this.#pending.add(release);
    });
  }
}
