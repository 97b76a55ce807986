/**
 * The bot's registered commands, global and per guild. Keeps what it is given; whether a command is well formed is
 * decided before it comes here.
 */
import { type APIApplicationCommand, ApplicationCommandType, InteractionContextType } from 'discord-api-types/v10';
import type { Snowflakes } from '../snowflake.js';
import type { WorldCommand } from './types.js';

export type CommandBody = Omit<APIApplicationCommand, 'id' | 'application_id' | 'version' | 'guild_id'>;

const ALL_CONTEXTS = [
  InteractionContextType.Guild,
  InteractionContextType.BotDM,
  InteractionContextType.PrivateChannel,
] as const;

export class Commands {
  readonly #ids: Snowflakes;
  readonly #changed: (guildId: string | null) => void;
  readonly #application: string;
  readonly #all = new Map<string, WorldCommand>();

  constructor(ids: Snowflakes, application: string, changed: (guildId: string | null) => void) {
    this.#ids = ids;
    this.#application = application;
    this.#changed = changed;
  }

  /** Those registered in exactly this scope. */
  registered(guildId: string | null): WorldCommand[] {
    return [...this.#all.values()].filter((command) => command.guildId === guildId);
  }

  /** Those that a user sees in a guild or, with null, in a direct message. A guild's own hides a global one of the same name. */
  usable(guildId: string | null): WorldCommand[] {
    const context = guildId === null ? InteractionContextType.BotDM : InteractionContextType.Guild;
    const seen = new Map<string, WorldCommand>();
    for (const command of this.registered(null)) {
      if ((command.payload.contexts ?? ALL_CONTEXTS).includes(context)) seen.set(keyOf(command.payload), command);
    }
    if (guildId !== null) for (const command of this.registered(guildId)) seen.set(keyOf(command.payload), command);
    return [...seen.values()];
  }

  all(): WorldCommand[] {
    return [...this.#all.values()];
  }

  get(guildId: string | null, id: string): WorldCommand | undefined {
    const command = this.#all.get(id);
    return command?.guildId === guildId ? command : undefined;
  }

  /** Replaces all of a scope. A command whose name and kind stay keeps its id. */
  replace(guildId: string | null, bodies: CommandBody[]): WorldCommand[] {
    const before = new Map(this.registered(guildId).map((command) => [keyOf(command.payload), command]));
    for (const command of before.values()) this.#all.delete(command.payload.id);
    const now = bodies.map((body) => this.#put(guildId, body, before.get(keyOf(body))));
    this.#changed(guildId);
    return now;
  }

  /** `fresh` is false when a command of the same name and kind was overwritten. */
  create(guildId: string | null, body: CommandBody): { command: WorldCommand; fresh: boolean } {
    const before = this.registered(guildId).find((command) => keyOf(command.payload) === keyOf(body));
    const command = this.#put(guildId, body, before);
    this.#changed(guildId);
    return { command, fresh: before === undefined };
  }

  update(command: WorldCommand, body: CommandBody): WorldCommand {
    const updated = this.#put(command.guildId, body, command);
    this.#changed(command.guildId);
    return updated;
  }

  remove(command: WorldCommand): void {
    this.#all.delete(command.payload.id);
    this.#changed(command.guildId);
  }

  #put(guildId: string | null, body: CommandBody, before: WorldCommand | undefined): WorldCommand {
    const payload: APIApplicationCommand = {
      ...body,
      id: before?.payload.id ?? this.#ids.next(),
      application_id: this.#application,
      version: this.#ids.next(),
      ...(guildId === null ? {} : { guild_id: guildId }),
    };
    const command = { guildId, payload };
    this.#all.set(payload.id, command);
    return command;
  }
}

export function keyOf(command: { type?: ApplicationCommandType; name: string }): string {
  return `${command.type ?? ApplicationCommandType.ChatInput}:${command.name}`;
}
