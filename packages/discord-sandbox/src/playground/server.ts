// The server's side of the playground: sends the built page, and keeps every open page up to date over a WebSocket.
// It only shows the sandbox and acts as its users; it never answers in the bot's place.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ATTACHMENT_LIMIT } from '../world/invoke.js';
import type { WorldEvents, WorldMessage } from '../world/types.js';
import { Assets } from './assets.js';
import { callFault } from './fault-calls.js';
import { Journal } from './journal.js';
import { isSameOrigin } from './origin.js';
import type { FaultState, ToPage } from './protocol.js';
import type { PlaygroundSource } from './source.js';
import { botView, guildViews, isSeen, messageView, userView, userViews } from './views.js';
import { Visitor } from './visitor.js';
import { Watching } from './watching.js';

export type { PlaygroundSource } from './source.js';

const SOCKET_PATH = '/playground/socket';
/** A file of the largest size as base64, and a little around it. */
const MOST_RECEIVED = Math.ceil((ATTACHMENT_LIMIT * 4) / 3) + 65_536;

export interface Playground {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

export function servePlayground(source: PlaygroundSource): Playground {
  const assets = new Assets();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_RECEIVED });
  const pages = new Pages(source);
  sockets.on('connection', (socket) => pages.add(socket));
  return {
    handle: (request, response) => assets.handle(request, response),
    upgrade(request, socket, head) {
      if (request.url !== SOCKET_PATH) refuse(socket, '404 Not Found');
      else if (!isSameOrigin(request)) refuse(socket, '403 Forbidden');
      else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
    },
    async close() {
      pages.close();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

class Pages {
  readonly #source: PlaygroundSource;
  readonly #visitors = new Set<Visitor>();
  readonly #journal: Journal;
  readonly #watching: Watching;
  readonly #listeners: ReadonlyArray<() => void>;
  #faults: FaultState = { withholdHeartbeatAcks: false, stallCallbacks: 0 };

  constructor(source: PlaygroundSource) {
    this.#source = source;
    this.#journal = new Journal(source.world, {
      interaction: (interaction) => this.#tell({ type: 'interaction', interaction }),
      heartbeat: (heartbeat) => this.#tell({ type: 'heartbeat', heartbeat }),
    });
    this.#watching = new Watching(source, (sample) => this.#tell({ type: 'sample', sample }));
    this.#listeners = this.#listen();
  }

  add(socket: WebSocket): void {
    const visitor: Visitor = new Visitor(socket, {
      world: this.#source.world,
      told: () => ({
        interactions: this.#journal.interactions,
        heartbeats: this.#journal.heartbeats,
        watched: this.#watching.samples,
        faults: this.#faults,
      }),
      callFault: (call) => {
        this.#faults = callFault(this.#source.faults, call, this.#faults);
        this.#tell({ type: 'faults', faults: this.#faults });
        return this.#faults;
      },
    });
    this.#visitors.add(visitor);
    this.#watching.start();
    socket.on('close', () => {
      this.#visitors.delete(visitor);
      if (this.#visitors.size === 0) this.#watching.stop();
    });
  }

  close(): void {
    this.#watching.stop();
    this.#journal.close();
    for (const stop of this.#listeners) stop();
    for (const visitor of this.#visitors) visitor.close();
    this.#visitors.clear();
  }

  #tell(message: ToPage, sees: (user: string) => boolean = () => true): void {
    if (this.#visitors.size === 0) return;
    const text = JSON.stringify(message);
    for (const visitor of this.#visitors) {
      if (visitor.user !== undefined && sees(visitor.user)) visitor.sendText(text);
    }
  }

  #listen(): Array<() => void> {
    const { world } = this.#source;
    const places = (): void => this.#tell({ type: 'places', guilds: guildViews(world), users: userViews(world) });
    const shown = (message: WorldMessage): void =>
      this.#tell({ type: 'message', message: messageView(message) }, (user) => isSeen(world, message, user));
    return [
      this.#on('message', ({ kind, message }) => {
        if (kind !== 'delete') shown(message);
        else {
          const gone = { type: 'unmessage', id: message.id, channel: message.channelId } as const;
          this.#tell(gone, (user) => isSeen(world, message, user));
        }
      }),
      this.#on('reaction', ({ message }) => shown(message)),
      this.#on('interaction', (event) => {
        for (const visitor of this.#visitors) visitor.interaction(event);
      }),
      this.#on('commands', () =>
        this.#tell({ type: 'commands', commands: world.commands.all().map((command) => command.payload) }),
      ),
      this.#on('typing', ({ channel, user }) => {
        const typist = world.directory.user(user);
        if (typist) this.#tell({ type: 'typing', channel, user: userView(typist) }, (viewer) => viewer !== user);
      }),
      this.#on('bot', () => this.#tell({ type: 'bot', bot: botView(world) })),
      this.#on('guild', places),
      this.#on('channel', ({ guildId }) => guildId !== null && places()),
      this.#on('user', places),
    ];
  }

  #on<Name extends keyof WorldEvents>(name: Name, listener: (...event: WorldEvents[Name]) => void): () => void {
    const { world } = this.#source;
    world.on(name, listener as never);
    return () => void world.off(name, listener as never);
  }
}
