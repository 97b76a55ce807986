/**
 * Discord's gateway: bots identify, get READY and their guilds, then every event that their intents name; after a lost
 * connection they resume and get what they missed. Never delivers an event twice to a session, nor out of order.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayCloseCodes as Close, GatewayIntentBits as Intent, GatewayOpcodes as Op } from 'discord-api-types/v10';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Alarm } from '../clock.js';
import { guildCreatePayload } from '../world/payloads.js';
import { application, self } from '../world/self.js';
import type { World } from '../world/world.js';
import { Connection, type ConnectionEvents } from './connection.js';
import { type Dispatch, listen } from './dispatches.js';
import { isFault, readIdentify, readResume } from './identify.js';
import { has } from './intents.js';
import { memberChunks } from './members.js';
import { Session } from './session.js';

/** How long a session waits to be resumed, in ms. */
const RESUME_WITHIN = 90_000;
const KEPT_HEARTBEATS = 10_000;
const VERSIONS = ['9', '10'];

export interface GatewayOptions {
  readonly world: World;
  readonly token: string;
  readonly heartbeatInterval: number;
  readonly privilegedIntents: boolean;
  /** `host:port`, for callers who name none. */
  address(): string;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1 << 20 });
  readonly #sessions = new Map<string, Session>();
  readonly #expiries = new Map<string, Alarm>();
  readonly #connections = new Map<Connection, string>();
  readonly #stopListening: () => void;
  readonly #events: ConnectionEvents;
  readonly #heartbeats: number[] = [];
  #acknowledging = true;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#stopListening = listen(options.world, (dispatch) => this.#broadcast(dispatch));
    this.#events = {
      frame: (connection, op, data) => this.#receive(connection, op, data),
      heartbeat: (_, late) => this.#heard(late),
      closed: (connection, code) => this.#left(connection, code),
    };
  }

  /** Lateness in ms, newest last. */
  get heartbeats(): readonly number[] {
    return this.#heartbeats;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client, request));
  }

  dropAll(): void {
    for (const connection of this.#connections.keys()) connection.drop();
  }

  requestReconnect(): void {
    for (const connection of this.#connections.keys()) connection.send({ op: Op.Reconnect, d: null, s: null, t: null });
  }

  invalidate(resumable: boolean): void {
    for (const connection of this.#connections.keys()) {
      const { session } = connection;
      if (!session) continue;
      // Either way the bot must introduce itself anew, on this connection or on another.
      connection.session = undefined;
      if (resumable) this.#orphan(session);
      else this.#end(session);
      connection.send({ op: Op.InvalidSession, d: resumable, s: null, t: null });
    }
    this.#report();
  }

  withholdAcks(on: boolean): void {
    this.#acknowledging = !on;
  }

  close(): void {
    this.#stopListening();
    for (const session of [...this.#sessions.values()]) this.#end(session);
    for (const connection of this.#connections.keys()) connection.session = undefined;
    this.dropAll();
    this.#server.close();
  }

  #accept(client: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'ws://sandbox').searchParams;
    const { world, heartbeatInterval } = this.#options;
    const rhythm = { interval: heartbeatInterval, acknowledging: () => this.#acknowledging };
    const connection = new Connection(client, world.clock, rhythm, this.#events);
    this.#connections.set(connection, request.headers.host ?? this.#options.address());
    const version = query.get('v') ?? '10';
    if (!VERSIONS.includes(version)) {
      connection.close(Close.InvalidAPIVersion, 'Invalid API version.');
      return;
    }
    if ((query.get('encoding') ?? 'json') !== 'json') {
      connection.close(Close.DecodeError, 'The sandbox speaks encoding=json only.');
      return;
    }
    if (query.has('compress'))
      connection.close(Close.DecodeError, 'Compression is off in the sandbox: connect without compress.');
  }

  #receive(connection: Connection, op: number, data: unknown): void {
    switch (op) {
      case Op.Identify:
        this.#identify(connection, data);
        return;
      case Op.Resume:
        this.#resume(connection, data);
        return;
      case Op.PresenceUpdate:
      case Op.VoiceStateUpdate:
      case Op.RequestSoundboardSounds:
        if (!connection.session) connection.close(Close.NotAuthenticated, 'Not authenticated.');
        return;
      case Op.RequestGuildMembers: {
        const { session } = connection;
        if (!session) {
          connection.close(Close.NotAuthenticated, 'Not authenticated.');
          return;
        }
        for (const chunk of memberChunks(this.#options.world, data, session.intents)) {
          session.dispatch('GUILD_MEMBERS_CHUNK', chunk);
        }
        return;
      }
      default:
        connection.close(Close.UnknownOpcode, 'Unknown opcode.');
    }
  }

  #identify(connection: Connection, data: unknown): void {
    if (connection.session) {
      connection.close(Close.AlreadyAuthenticated, 'Already authenticated.');
      return;
    }
    const { world, token, privilegedIntents } = this.#options;
    const read = readIdentify(data, token, privilegedIntents);
    if (isFault(read)) {
      connection.close(read.close, read.reason);
      return;
    }
    const session = new Session(randomBytes(16).toString('hex'), read.intents, read.shard);
    this.#sessions.set(session.id, session);
    this.#join(connection, session);
    const guilds = world.directory.guilds().filter((guild) => session.covers(guild.id));
    session.dispatch('READY', {
      v: 10,
      user: self(world),
      user_settings: {},
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      private_channels: [],
      relationships: [],
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: `ws://${this.#connections.get(connection)}/gateway`,
      shard: session.shard,
      application: { id: world.applicationId, flags: application(world).flags },
      geo_ordered_rtc_regions: [],
      _trace: [],
    });
    if (has(session.intents, Intent.Guilds)) {
      const all = has(session.intents, Intent.GuildMembers);
      for (const guild of guilds) session.dispatch('GUILD_CREATE', guildCreatePayload(guild, world.directory, all));
    }
    this.#report();
  }

  #resume(connection: Connection, data: unknown): void {
    if (connection.session) {
      connection.close(Close.AlreadyAuthenticated, 'Already authenticated.');
      return;
    }
    const read = readResume(data, this.#options.token);
    if (isFault(read)) {
      connection.close(read.close, read.reason);
      return;
    }
    const session = this.#sessions.get(read.session);
    if (session && read.sequence > session.sequence) {
      connection.close(Close.InvalidSeq, 'Invalid seq.');
      return;
    }
    const missed = session?.since(read.sequence);
    if (!session || !missed) {
      connection.send({ op: Op.InvalidSession, d: false, s: null, t: null });
      return;
    }
    for (const other of this.#connections.keys()) {
      if (other.session !== session) continue;
      other.session = undefined;
      other.drop();
    }
    for (const frame of missed) connection.send(frame);
    this.#join(connection, session);
    session.dispatch('RESUMED', { _trace: [] });
    this.#report();
  }

  #join(connection: Connection, session: Session): void {
    this.#expiries.get(session.id)?.cancel();
    this.#expiries.delete(session.id);
    connection.session = session;
    session.attach((frame) => connection.send(frame));
  }

  /** A bot that says goodbye (1000, 1001) ends its session; any other loss may be resumed. */
  #left(connection: Connection, code: number): void {
    this.#connections.delete(connection);
    const { session } = connection;
    if (!session) return;
    if (code === 1000 || code === 1001) this.#end(session);
    else this.#orphan(session);
    this.#report();
  }

  /** Keeps a session for a while without a connection. */
  #orphan(session: Session): void {
    session.detach();
    this.#expiries.get(session.id)?.cancel();
    const alarm = this.#options.world.clock.after(RESUME_WITHIN, () => this.#end(session));
    this.#expiries.set(session.id, alarm);
  }

  #end(session: Session): void {
    session.detach();
    this.#sessions.delete(session.id);
    this.#expiries.get(session.id)?.cancel();
    this.#expiries.delete(session.id);
  }

  #broadcast({ event, guildId, intent, data }: Dispatch): void {
    for (const session of this.#sessions.values()) {
      if (!session.covers(guildId) || (intent !== 0 && !has(session.intents, intent))) continue;
      session.dispatch(event, data(session.intents));
    }
  }

  #heard(late: number): void {
    this.#heartbeats.push(late);
    if (this.#heartbeats.length > KEPT_HEARTBEATS) this.#heartbeats.shift();
    this.#options.world.emit('heartbeat', { at: this.#options.world.clock.now(), late });
  }

  #report(): void {
    this.#options.world.setConnected([...this.#sessions.values()].some((session) => session.connected));
  }
}
