// One page that is open: who its user is, what that user sees, and what the page asks for in that user's name. It never
// trusts the page: every request is read field by field, and a wrong one is answered with a sentence.
import type { WebSocket } from 'ws';
import { Refusal } from '../refusal.js';
import type { InteractionEvent } from '../world/types.js';
import type { World } from '../world/world.js';
import { type Asked, read } from './asked.js';
import type { callFault } from './fault-calls.js';
import type { FaultState, FromPage, MessageView, Snapshot, ToPage } from './protocol.js';
import { Uploads } from './uploads.js';
import { botView, directView, guildViews, messageViews, userView, userViews } from './views.js';

/** A page that reads this slowly gets a new snapshot later instead of everything in between. */
const MOST_BUFFERED = 8 * 1024 * 1024;
const TRY_AGAIN_LATER = 1013;

type Told = Pick<Snapshot, 'interactions' | 'heartbeats' | 'watched' | 'faults'>;

/** What all open pages share. */
export interface Room {
  readonly world: World;
  told(): Told;
  callFault(call: Parameters<typeof callFault>[1]): FaultState;
}

export class Visitor {
  readonly #socket: WebSocket;
  readonly #room: Room;
  readonly #uploads: Uploads;
  /** Autocompletions under way, by interaction, with the page's number for each. */
  readonly #suggesting = new Map<string, number>();
  /** Interactions that this page started: a form opens only where its command was typed. */
  readonly #started = new Set<string>();
  #user: string | undefined;

  constructor(socket: WebSocket, room: Room) {
    this.#socket = socket;
    this.#room = room;
    this.#uploads = new Uploads(room.world);
    socket.on('message', (data, binary) => this.#take(binary ? '' : String(data)));
    socket.on('error', () => socket.terminate());
  }

  /** Undefined until the page has said who it is. */
  get user(): string | undefined {
    return this.#user;
  }

  send(message: ToPage): void {
    if (this.#user !== undefined || message.type === 'result') this.sendText(JSON.stringify(message));
  }

  /** The same text may go to many pages. */
  sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED) this.#socket.close(TRY_AGAIN_LATER, 'too slow');
    else this.#socket.send(text);
  }

  close(): void {
    this.#socket.terminate();
  }

  interaction(event: InteractionEvent): void {
    const request = this.#suggesting.get(event.interaction);
    if (request !== undefined && (event.kind === 'answered' || event.kind === 'failed')) {
      this.#suggesting.delete(event.interaction);
      if (event.kind === 'answered') this.send({ type: 'result', request, value: event.choices ?? [] });
      else this.send({ type: 'result', request, error: event.error?.message ?? 'The application did not respond' });
    }
    if (!this.#started.has(event.interaction)) return;
    if (event.kind === 'answered' || event.kind === 'failed') this.#started.delete(event.interaction);
    if (event.kind === 'acknowledged' && event.modal) {
      this.send({ type: 'modal', interaction: event.interaction, modal: event.modal });
    }
  }

  #take(text: string): void {
    const message = read(text);
    if (message === undefined) {
      this.#socket.close(1008, 'not a message of the playground');
      return;
    }
    if (message.type === 'enter') this.#enter(message);
    else if (this.#user !== undefined) this.#serve(message, this.#user);
  }

  #serve(message: Exclude<FromPage, { type: 'enter' }>, user: string): void {
    if (!('request' in message)) {
      this.#do(message, user);
      return;
    }
    try {
      const value = this.#answer(message, user);
      if (value !== undefined) this.send({ type: 'result', request: message.request, value });
    } catch (error) {
      this.send({ type: 'result', request: message.request, error: sentence(error) });
    }
  }

  #enter({ user, locale }: Extract<FromPage, { type: 'enter' }>): void {
    const { world } = this.#room;
    const found = user === '' ? world.directory.place({}).user : world.directory.makeUser(user);
    if (locale !== '') world.directory.setLocale(found.id, locale);
    const snapshot = this.#snapshot(found.id);
    this.#user = found.id;
    this.#suggesting.clear();
    this.send({ type: 'snapshot', snapshot, now: world.clock.now() });
  }

  #snapshot(viewer: string): Snapshot {
    const { world } = this.#room;
    const messages: MessageView[] = messageViews(world, viewer);
    return {
      viewer: userView(world.directory.user(viewer)!),
      users: userViews(world),
      guilds: guildViews(world),
      dm: directView(world, viewer),
      messages,
      commands: world.commands.all().map((command) => command.payload),
      bot: botView(world),
      ...this.#room.told(),
    };
  }

  #do(message: Exclude<FromPage, Asked | { type: 'enter' }>, user: string): void {
    const { world } = this.#room;
    if (message.type === 'typing') {
      if (world.directory.channel(message.channel)) world.type(this.#actor(message.channel, user));
    } else if (world.messages.find(message.message)?.viewer === user) world.dismiss(message.message);
  }

  /** What the request comes to; undefined where the answer comes later. */
  #answer(message: Asked, user: string): unknown {
    const { world } = this.#room;
    switch (message.type) {
      case 'command': {
        const actor = this.#actor(message.channel, user);
        return this.#start(
          world.useCommand(actor, message.name, this.#uploads.options(message.options, message.channel)).id,
        );
      }
      case 'autocomplete': {
        const { name, focused, typed, options } = message;
        const { id } = world.typeAhead(this.#actor(message.channel, user), name, focused, typed, options);
        this.#suggesting.set(id, message.request);
        return undefined;
      }
      case 'menu':
        return this.#start(world.useMenu(this.#actor(message.channel, user), message.name, message.target).id);
      case 'component':
        return this.#start(world.press({ user }, message.message, message.customId, message.values).id);
      case 'modal': {
        const opener = world.interactions.get(message.interaction);
        if (opener?.user !== user) throw new Error('This form is not open any more.');
        return this.#start(world.submit(opener.id, this.#uploads.fields(message.fields, opener.channel)).id);
      }
      case 'say': {
        const files = message.files.map((file) => this.#uploads.bytes(file));
        const replyTo = message.replyTo === undefined ? {} : { replyTo: message.replyTo };
        return world.say(this.#actor(message.channel, user), message.content, { files, ...replyTo }).id;
      }
      case 'guild': {
        const guild = world.directory.makeGuild(message.name, user);
        world.directory.join(guild.id, user);
        return guild.id;
      }
      case 'channel': {
        if (!world.directory.guild(message.guild)) throw new Error('There is no such server here.');
        return world.directory.makeChannel(message.guild, message.name).id;
      }
      case 'fault':
        return this.#room.callFault(message.fault);
    }
  }

  #start(id: string): string {
    this.#started.add(id);
    return id;
  }

  /** The user in this channel; a channel must be there already, and a direct one must be the user's own. */
  #actor(channelId: string, user: string): { user: string; guild: string | null; channel: string } {
    const channel = this.#room.world.directory.channel(channelId);
    const foreign = channel?.recipientId != null && channel.recipientId !== user;
    if (!channel || foreign) throw new Error('There is no such channel here.');
    return { user, guild: channel.guildId, channel: channelId };
  }
}

function sentence(error: unknown): string {
  if (error instanceof Refusal) return error.fact.message;
  return error instanceof Error ? error.message : String(error);
}
