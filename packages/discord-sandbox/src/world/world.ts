/**
 * Discord as the sandbox holds it: guilds, channels, users, messages, commands, interactions, and what users do with
 * them. Emits everything that happens as typed events; knows neither HTTP nor sockets.
 */
import { EventEmitter } from 'node:events';
import { type APIUser, ApplicationCommandType, ApplicationIntegrationType } from 'discord-api-types/v10';
import type { Clock } from '../clock.js';
import { Refusal, refuse } from '../refusal.js';
import { Snowflakes } from '../snowflake.js';
import { Answers } from './answers.js';
import { Commands } from './commands.js';
import { type AnyComponent, type FieldValue, pressed, submitted } from './components.js';
import { Directory } from './directory.js';
import { Files, type Upload } from './files.js';
import { Interactions } from './interactions.js';
import { interactionPayload } from './invoke.js';
import { emojiKey, Messages, parseEmoji } from './messages.js';
import { fill, fillPartly, type Invocation, leafOf, type OptionValues } from './options.js';
import { Resolver } from './resolver.js';
import type {
  Actor,
  HttpEvent,
  InteractionType,
  Place,
  WorldCommand,
  WorldEvents,
  WorldInteraction,
  WorldMessage,
} from './types.js';

export class World extends EventEmitter<WorldEvents> {
  readonly ids: Snowflakes;
  readonly clock: Clock;
  readonly applicationId: string;
  readonly directory: Directory;
  readonly messages: Messages;
  readonly commands: Commands;
  readonly interactions: Interactions;
  readonly answers: Answers;
  readonly files: Files;
  #connected = false;

  constructor(clock: Clock, botName = 'sandbox-bot') {
    super();
    this.setMaxListeners(0);
    this.clock = clock;
    this.ids = new Snowflakes(() => clock.now());
    this.files = new Files(this.ids);
    const directoryEvents = {
      guild: (...event: WorldEvents['guild']) => void this.emit('guild', ...event),
      channel: (...event: WorldEvents['channel']) => void this.emit('channel', ...event),
      user: (...event: WorldEvents['user']) => void this.emit('user', ...event),
      member: (...event: WorldEvents['member']) => void this.emit('member', ...event),
    };
    this.directory = new Directory(this.ids, clock, directoryEvents, botName);
    this.applicationId = this.directory.bot.id;
    this.messages = new Messages(this.ids, clock, this.directory, {
      message: (event) => void this.emit('message', event),
      reaction: (event) => void this.emit('reaction', event),
      forgotten: (message) => {
        for (const upload of message.uploads) this.files.drop(upload.id);
      },
    });
    this.commands = new Commands(this.ids, this.applicationId, (guildId) => void this.emit('commands', guildId));
    this.interactions = new Interactions(clock, (event) => void this.emit('interaction', event));
    this.answers = new Answers(this.interactions, this.messages, this.directory);
  }

  get bot(): APIUser {
    return this.directory.bot;
  }

  /** Whether the bot has a session on the gateway now. */
  get connected(): boolean {
    return this.#connected;
  }

  setConnected(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.emit('bot', { connected, user: this.bot });
  }

  /** A user runs a command, given with its subcommands: `remind add`. */
  useCommand(actor: Actor, name: string, options: OptionValues = {}): WorldInteraction {
    const place = this.directory.place(actor);
    const { command, path } = this.#command(place, name);
    const filled = fill(leafOf(command, path), options, this.#resolver(place));
    return this.#open('command', typedName(command, path), place, command, {
      ...commandData(command),
      ...dataOf(filled),
    });
  }

  /** A user types into an option that has autocomplete. `options` are those already filled in. */
  typeAhead(actor: Actor, name: string, focused: string, typed: string, options: OptionValues = {}): WorldInteraction {
    const place = this.directory.place(actor);
    const { command, path } = this.#command(place, name);
    const filled = fillPartly(leafOf(command, path), options, focused, typed, this.#resolver(place));
    const data = { ...commandData(command), ...dataOf(filled) };
    return this.#open('autocomplete', typedName(command, path), place, command, data);
  }

  /** A user uses a command from the menu of a user or a message. */
  useMenu(actor: Actor, name: string, targetId: string): WorldInteraction {
    const place = this.directory.place(actor);
    const command = this.commands
      .usable(place.guild?.id ?? null)
      .find((each) => each.payload.type !== ApplicationCommandType.ChatInput && each.payload.name === name);
    if (!command) throw refuse.unknownCommand();
    const resolver = this.#resolver(place);
    if (command.payload.type === ApplicationCommandType.User) {
      const target_id = resolver.user(targetId);
      return this.#open('command', name, place, command, {
        ...commandData(command),
        target_id,
        resolved: resolver.resolved,
      });
    }
    const message = this.#seen(place, targetId);
    const resolved = { messages: { [message.id]: message.payload } };
    return this.#open('command', name, place, command, { ...commandData(command), target_id: message.id, resolved });
  }

  /** A user presses a button, or with `values` chooses in a select menu. */
  press(actor: Actor, messageId: string, customId: string, values?: readonly string[]): WorldInteraction {
    const found = this.messages.find(messageId);
    if (!found) throw refuse.unknownMessage();
    const place = this.directory.place({
      user: this.#userOf(found, actor),
      channel: found.channelId,
      ...locale(actor),
    });
    const message = this.#seen(place, messageId);
    const components = (message.payload.components ?? []) as unknown as readonly AnyComponent[];
    const data = pressed(components, customId, values, this.#resolver(place));
    return this.#open('component', customId, place, undefined, data, message);
  }

  /** A user sends the form that the bot opened as the answer to this interaction. */
  submit(interactionId: string, fields: Readonly<Record<string, FieldValue>>): WorldInteraction {
    const opener = this.interactions.get(interactionId);
    if (!opener?.modal) throw new Refusal(404, 0, 'There is no open form for this interaction');
    const user = opener.user;
    const place = this.directory.place({ user, guild: opener.guild, channel: opener.channel });
    const data = submitted(opener.modal, fields, this.#resolver(place));
    const source = this.interactions.opening(interactionId)?.source;
    const message = source == null ? undefined : this.messages.find(source);
    return this.#open('modal', opener.modal.custom_id, place, undefined, data, message);
  }

  /** A user writes a message. */
  say(actor: Actor, content: string, more: { files?: readonly Upload[]; replyTo?: string } = {}): WorldMessage {
    const { user, channel } = this.directory.place(actor);
    const replyTo = more.replyTo === undefined ? undefined : this.messages.get(channel.id, more.replyTo);
    const attachments = (more.files ?? []).map((file) => this.files.store(file, 'attachments', channel.id));
    if (content.trim() === '' && attachments.length === 0) throw refuse.emptyMessage();
    return this.messages.post({ content, attachments }, { author: user, channel, ...(replyTo ? { replyTo } : {}) });
  }

  /** A user reacts to a message, or takes it back. */
  react(actor: Actor, messageId: string, emoji: string, kind: 'add' | 'remove' = 'add'): void {
    const found = this.messages.find(messageId);
    if (!found) throw refuse.unknownMessage();
    const { user } = this.directory.place({ user: this.#userOf(found, actor), channel: found.channelId });
    this.messages.react(found, user.id, emojiKey(parseEmoji(emoji)), kind);
  }

  /** A user starts to type. */
  type(actor: Actor): void {
    const { user, channel } = this.directory.place(actor);
    this.typing(channel.id, user.id);
  }

  typing(channel: string, user: string): void {
    this.emit('typing', { channel, user, at: this.clock.now() });
  }

  /** Makes an ephemeral message vanish for its viewer; Discord does not tell the bot. */
  dismiss(messageId: string): void {
    const message = this.messages.find(messageId);
    if (message?.viewer != null) this.messages.remove(message);
  }

  http(event: Omit<HttpEvent, 'at'>): void {
    if (this.interactions.get(event.interaction)) this.emit('http', { ...event, at: this.clock.now() });
  }

  close(): void {
    this.interactions.close();
    this.removeAllListeners();
  }

  #resolver(place: Place): Resolver {
    return new Resolver(this.directory, this.files, place);
  }

  #command(place: Place, typed: string): { command: WorldCommand; path: string[] } {
    const [name = '', ...path] = typed.replace(/^\//, '').trim().split(/\s+/);
    const usable = this.commands.usable(place.guild?.id ?? null);
    const slash = usable.filter((each) => each.payload.type === ApplicationCommandType.ChatInput);
    const command = slash.find((each) => each.payload.name === name);
    if (!command) {
      const there = slash.length > 0 ? slash.map((each) => `/${each.payload.name}`).join(', ') : 'none';
      throw new Refusal(404, 10063, `Unknown application command "/${name}"; registered here: ${there}`);
    }
    const needed = command.payload.default_member_permissions;
    const held = this.directory.permissions(place.guild?.id ?? null, place.user.id);
    if (
      place.guild &&
      needed != null &&
      ((BigInt(needed) & held) !== BigInt(needed) || (needed === '0' && place.guild.ownerId !== place.user.id))
    ) {
      throw new Refusal(
        403,
        50013,
        `Missing Permissions: ${place.user.username} may not use /${name} in ${place.guild.name}`,
      );
    }
    return { command, path };
  }

  #seen(place: Place, messageId: string): WorldMessage {
    const message = this.messages.get(place.channel.id, messageId);
    if (!message || (message.viewer !== null && message.viewer !== place.user.id)) throw refuse.unknownMessage();
    return message;
  }

  /** Whoever is not named is the one who sees it: an ephemeral message's viewer, or who talks to the bot directly. */
  #userOf(message: WorldMessage, actor: Actor): string {
    return (
      actor.user ??
      message.viewer ??
      this.directory.channel(message.channelId)?.recipientId ??
      this.directory.users()[0]!.id
    );
  }

  #open(
    type: InteractionType,
    name: string,
    place: Place,
    command: WorldCommand | undefined,
    data: unknown,
    message?: WorldMessage,
  ): WorldInteraction {
    const id = this.ids.next();
    const installs = command?.payload.integration_types ?? [ApplicationIntegrationType.GuildInstall];
    const userInstalled = !installs.includes(ApplicationIntegrationType.GuildInstall);
    const application = this.applicationId;
    const shown = message ? { message: message.payload } : {};
    return this.interactions.open({
      id,
      type,
      name,
      place,
      userInstalled,
      source: message?.id ?? null,
      payload: (token) =>
        interactionPayload({ id, token, type, application, place, userInstalled, data, ...shown }, this.directory),
    });
  }
}

function typedName(command: WorldCommand, path: readonly string[]): string {
  return [command.payload.name, ...path].join(' ');
}

function dataOf({ options, resolved }: Invocation) {
  return {
    ...(options.length > 0 ? { options } : {}),
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
  };
}

function commandData(command: WorldCommand) {
  const { id, name, type } = command.payload;
  return { id, name, type, ...(command.guildId === null ? {} : { guild_id: command.guildId }) };
}

function locale(actor: Actor): { locale?: string } {
  return actor.locale === undefined ? {} : { locale: actor.locale };
}
