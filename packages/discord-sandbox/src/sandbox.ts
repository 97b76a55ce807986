/**
 * Puts the sandbox together: one world, REST, gateway, playground and server around it, and the driver in front.
 * After `close()` nothing of it is left: no socket, no timer, no listener.
 */
import { randomBytes } from 'node:crypto';
import type { RESTOptions } from 'discord.js';
import type { APIAttachment } from 'discord-api-types/v10';
import { type Clock, systemClock } from './clock.js';
import { type As, type Choice, Driver } from './driver/driver.js';
import type { SandboxMessage, SandboxReply } from './driver/reply.js';
import { RestFaults } from './faults.js';
import { Gateway } from './gateway/gateway.js';
import { type SandboxOptions, settle } from './options.js';
import { servePlayground } from './playground/server.js';
import type { Faults } from './playground/source.js';
import { hearRequests } from './requests.js';
import { Rest } from './rest/rest.js';
import { Front } from './server/server.js';
import type { FieldValue } from './world/components.js';
import type { OptionValue } from './world/options.js';
import { World } from './world/world.js';

/** Discord on this machine. Made by `startSandbox`. */
export interface Sandbox extends AsyncDisposable {
  /** Give it to discord.js: `new Client({ intents, rest: sandbox.rest })`. */
  readonly rest: Partial<RESTOptions>;
  /** The bot's token: `client.login(sandbox.token)`. */
  readonly token: string;
  readonly applicationId: string;
  /** The first guild, and its first channel. */
  readonly guildId: string;
  readonly channelId: string;
  /** The playground page: a chat with the bot in a browser. */
  readonly url: string;

  /**
   * Types a command as a user would, and waits for its end. Never rejects: `error` says why there was no answer.
   * @example await sandbox.slash('remind add', { text: 'tea', minutes: 5 }, { user: 'ada', guild: null })
   */
  slash(name: string, options?: Record<string, OptionValue>, as?: As): Promise<SandboxReply>;
  /**
   * What the bot suggests for an option while the user types; empty where it does not answer in time.
   * @example await sandbox.autocomplete('weather', 'city', 'Tal')
   */
  autocomplete(
    name: string,
    option: string,
    typed: string,
    as?: As & { options?: Record<string, OptionValue> },
  ): Promise<Choice[]>;
  /** Uses a command of a user's or a message's menu on the user or message `target`. */
  menu(name: string, target: string, as?: As): Promise<SandboxReply>;
  /** Presses a button. @example await sandbox.click(reply.messageId, 'next') */
  click(messageId: string, customId: string, as?: As): Promise<SandboxReply>;
  /** Chooses in a select menu. @example await sandbox.select(reply.messageId, 'colour', ['red']) */
  select(messageId: string, customId: string, values: readonly string[], as?: As): Promise<SandboxReply>;
  /**
   * Sends the form that the bot opened.
   * @example await sandbox.submitModal(reply.interactionId, { title: 'Tea', body: 'Green' })
   */
  submitModal(
    interactionId: string,
    fields: Record<string, FieldValue>,
    as?: { timeout?: number },
  ): Promise<SandboxReply>;
  /** Writes a message as a user. */
  say(channelId: string, content: string, as?: { user?: string; locale?: string; replyTo?: string }): SandboxMessage;
  /** Reacts to a message as a user, or with `remove` takes it back. @example sandbox.react(message.id, '👍') */
  react(messageId: string, emoji: string, as?: { user?: string; remove?: boolean }): void;
  /** Makes a file that a command's attachment option can take: `{ file: sandbox.upload('a.txt', 'hello').id }`. */
  upload(filename: string, data: Uint8Array | string, contentType?: string): APIAttachment;
  /** The channel where a user and the bot talk alone. */
  direct(user: string): { id: string };
  /** What the bot has registered, for all guilds and for single ones. */
  commands(): Array<{ name: string; description: string }>;
  /** Oldest first; of one channel, or of all. */
  messages(channelId?: string): SandboxMessage[];
  /** Things that go wrong, as they do on Discord. */
  readonly faults: Faults;
  /** Lateness of the bot's heartbeats in ms, newest last. */
  heartbeats(): number[];
  /** Shows what a session tells of itself (`() => session.stats()`) on the playground page. Returns how to stop. */
  watch(source: () => unknown): () => void;
  /** Ends everything. The same as `await using`. */
  close(): Promise<void>;
}

export async function openSandbox(options: SandboxOptions = {}, clock: Clock = systemClock): Promise<Sandbox> {
  const { port, host, playground: withPage, heartbeatInterval, privilegedIntents } = settle(options);
  const world = new World(clock);
  const first = world.directory.place({ user: 'ada', guild: 'Sandbox' });
  const token = tokenOf(world.applicationId);
  const restFaults = new RestFaults();
  const address = () => front.address;
  const rest = new Rest({ world, faults: restFaults, token, address });
  const gateway = new Gateway({ world, token, heartbeatInterval, privilegedIntents, address });
  const faults = faultsOf(restFaults, gateway);
  const sources = new Set<() => unknown>();
  const playground = withPage ? servePlayground({ world, faults, watched: () => sources }) : undefined;
  const front: Front = new Front(host, { world, rest, gateway, playground });
  const driver = new Driver(world);
  const stopHearing = hearRequests(world);
  let closing: Promise<void> | undefined;
  const close = async () => {
    stopHearing();
    driver.close();
    gateway.close();
    rest.close();
    await playground?.close();
    if (front.listening) await front.close();
    world.close();
  };
  try {
    await front.listen(port);
  } catch (error) {
    await close();
    throw error;
  }
  const base = `http://${front.address}`;
  world.files.base = `${base}/cdn`;

  return {
    rest: { api: `${base}/api`, cdn: `${base}/cdn`, version: '10' },
    token,
    applicationId: world.applicationId,
    guildId: first.guild!.id,
    channelId: first.channel.id,
    url: `${base}/`,
    faults,
    ...drive(driver, world),
    heartbeats: () => [...gateway.heartbeats],
    watch(source) {
      sources.add(source);
      return () => void sources.delete(source);
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

type Driving =
  | 'slash'
  | 'autocomplete'
  | 'menu'
  | 'click'
  | 'select'
  | 'submitModal'
  | 'say'
  | 'react'
  | 'upload'
  | 'direct'
  | 'commands'
  | 'messages';

function drive(driver: Driver, world: World): Pick<Sandbox, Driving> {
  return {
    slash: (name, options, as) => driver.slash(name, options, as),
    autocomplete: (name, option, typed, as) => driver.autocomplete(name, option, typed, as),
    menu: (name, target, as) => driver.menu(name, target, as),
    click: (messageId, customId, as) => driver.click(messageId, customId, as),
    select: (messageId, customId, values, as) => driver.select(messageId, customId, values, as),
    submitModal: (interactionId, fields, as) => driver.submitModal(interactionId, fields, as),
    say: (channelId, content, as) => driver.say(channelId, content, as),
    react: (messageId, emoji, as) => driver.react(messageId, emoji, as),
    upload: (filename, data, contentType) => {
      const upload = { filename, data: Buffer.from(data), ...(contentType === undefined ? {} : { contentType }) };
      return world.files.store(upload, 'ephemeral-attachments', world.ids.next());
    },
    direct: (user) => ({ id: world.directory.direct(world.directory.makeUser(user).id).id }),
    commands: () => world.commands.all().map(({ payload: { name, description } }) => ({ name, description })),
    messages: (channelId) => driver.messages(channelId),
  };
}

function faultsOf(rest: RestFaults, gateway: Gateway): Faults {
  return {
    dropGateway: () => gateway.dropAll(),
    requestReconnect: () => gateway.requestReconnect(),
    invalidateSession: (resumable) => gateway.invalidate(resumable),
    withholdHeartbeatAcks: (on) => gateway.withholdAcks(on),
    rateLimit: (route, retryAfter, times) => rest.rateLimit(route, retryAfter, times),
    stallCallbacks: (ms) => rest.stallCallbacks(ms),
    failRest: (status, times) => rest.failRest(status, times),
  };
}

/** Shaped as Discord's: the application's id, a time and a secret. */
function tokenOf(applicationId: string): string {
  const id = Buffer.from(applicationId).toString('base64url');
  return `${id}.${randomBytes(4).toString('base64url')}.${randomBytes(28).toString('base64url')}`;
}
