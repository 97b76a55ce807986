// What the page knows, and how each message from the sandbox changes it. Pure: it never touches the document or the network.
import type {
  BotView,
  ChannelView,
  FaultState,
  GuildView,
  Heartbeat,
  InteractionView,
  MessageView,
  Sample,
  Snapshot,
  ToPage,
  UserView,
} from '../../src/playground/protocol.js';

export type Commands = Snapshot['commands'];
export type OpenModal = Omit<Extract<ToPage, { type: 'modal' }>, 'type'>;

export interface Place {
  /** `null` is the direct message with the bot. */
  readonly guild: string | null;
  readonly channel: string;
}

export interface Typing {
  readonly user: UserView;
  readonly until: number;
}

export interface State {
  readonly link: 'connecting' | 'open' | 'lost';
  readonly viewer: UserView | null;
  readonly locale: string;
  readonly users: readonly UserView[];
  readonly guilds: readonly GuildView[];
  readonly dm: ChannelView | null;
  readonly place: Place | null;
  readonly messages: ReadonlyMap<string, readonly MessageView[]>;
  readonly interactions: readonly InteractionView[];
  readonly dismissed: ReadonlySet<string>;
  readonly unread: ReadonlyMap<string, number>;
  readonly typing: ReadonlyMap<string, Typing>;
  readonly commands: Commands;
  readonly bot: BotView;
  readonly heartbeats: readonly Heartbeat[];
  readonly samples: readonly Sample[];
  readonly faults: FaultState;
  readonly modal: OpenModal | null;
  /** The message that the next one answers. */
  readonly replyTo: MessageView | null;
  /** The sandbox's clock minus ours. */
  readonly skew: number;
}

const KEPT = { messages: 400, interactions: 200, heartbeats: 240, samples: 300 };
const TYPING_FOR = 10_000;

export const initial: State = {
  link: 'connecting',
  viewer: null,
  locale: 'en-US',
  users: [],
  guilds: [],
  dm: null,
  place: null,
  messages: new Map(),
  interactions: [],
  dismissed: new Set(),
  unread: new Map(),
  typing: new Map(),
  commands: [],
  bot: { connected: false, user: null },
  heartbeats: [],
  samples: [],
  faults: { withholdHeartbeatAcks: false, stallCallbacks: 0 },
  modal: null,
  replyTo: null,
  skew: 0,
};

export function receive(state: State, message: ToPage, now: number): State {
  switch (message.type) {
    case 'snapshot':
      return fromSnapshot(state, message.snapshot, message.now - now);
    case 'message':
      return withMessage(state, message.message);
    case 'unmessage':
      return withoutMessage(state, message.channel, message.id);
    case 'interaction':
      return { ...state, interactions: replaced(state.interactions, message.interaction, KEPT.interactions) };
    case 'commands':
      return { ...state, commands: message.commands };
    case 'places':
      return { ...state, guilds: message.guilds, users: message.users };
    case 'typing':
      return {
        ...state,
        typing: new Map(state.typing).set(message.channel, { user: message.user, until: now + TYPING_FOR }),
      };
    case 'bot':
      return { ...state, bot: message.bot };
    case 'heartbeat':
      return { ...state, heartbeats: appended(state.heartbeats, message.heartbeat, KEPT.heartbeats) };
    case 'sample':
      return { ...state, samples: appended(state.samples, message.sample, KEPT.samples) };
    case 'faults':
      return { ...state, faults: message.faults };
    case 'modal':
      return { ...state, modal: { interaction: message.interaction, modal: message.modal } };
    case 'result':
      return state;
  }
}

/** After a restart of the sandbox every id is new: the place is found again by its names. */
function fromSnapshot(state: State, snapshot: Snapshot, skew: number): State {
  const messages = new Map<string, MessageView[]>();
  for (const message of snapshot.messages) {
    const list = messages.get(message.channel);
    if (list) list.push(message);
    else messages.set(message.channel, [message]);
  }
  const place = samePlace(state, snapshot) ?? firstPlace(snapshot);
  const restarted = state.viewer !== null && state.viewer.id !== snapshot.viewer.id;
  return {
    ...state,
    link: 'open',
    viewer: snapshot.viewer,
    users: snapshot.users,
    guilds: snapshot.guilds,
    dm: snapshot.dm,
    place,
    messages,
    interactions: snapshot.interactions.slice(-KEPT.interactions),
    unread: restarted ? new Map() : state.unread,
    typing: new Map(),
    commands: snapshot.commands,
    bot: snapshot.bot,
    heartbeats: snapshot.heartbeats.slice(-KEPT.heartbeats),
    samples: snapshot.watched.slice(-KEPT.samples),
    faults: snapshot.faults,
    modal: null,
    replyTo: null,
    skew,
  };
}

function samePlace(state: State, snapshot: Snapshot): Place | null {
  const { place } = state;
  if (!place) return null;
  if (place.guild === null) return { guild: null, channel: snapshot.dm.id };
  const before = state.guilds.find((guild) => guild.id === place.guild);
  const guild =
    snapshot.guilds.find((each) => each.id === place.guild) ??
    snapshot.guilds.find((each) => each.name === before?.name);
  if (!guild) return null;
  const name = before?.channels.find((channel) => channel.id === place.channel)?.name;
  const channel =
    guild.channels.find((each) => each.id === place.channel) ??
    guild.channels.find((each) => each.name === name) ??
    guild.channels[0];
  return channel ? { guild: guild.id, channel: channel.id } : null;
}

function firstPlace(snapshot: Snapshot): Place {
  const guild = snapshot.guilds[0];
  const channel = guild?.channels[0];
  return guild && channel ? { guild: guild.id, channel: channel.id } : { guild: null, channel: snapshot.dm.id };
}

function withMessage(state: State, message: MessageView): State {
  const before = state.messages.get(message.channel) ?? [];
  const isNew = !before.some((each) => each.id === message.id);
  const elsewhere = state.place?.channel !== message.channel;
  const typing = new Map(state.typing);
  if (typing.get(message.channel)?.user.id === message.author.id) typing.delete(message.channel);
  return {
    ...state,
    messages: new Map(state.messages).set(message.channel, replaced(before, message, KEPT.messages)),
    typing,
    unread:
      isNew && elsewhere
        ? new Map(state.unread).set(message.channel, (state.unread.get(message.channel) ?? 0) + 1)
        : state.unread,
  };
}

export function withoutMessage(state: State, channel: string, id: string): State {
  const before = state.messages.get(channel);
  if (!before) return state;
  return {
    ...state,
    messages: new Map(state.messages).set(
      channel,
      before.filter((message) => message.id !== id),
    ),
  };
}

export function goTo(state: State, place: Place): State {
  const unread = new Map(state.unread);
  unread.delete(place.channel);
  return { ...state, place, unread, replyTo: null };
}

/** Commands that can be used where the user is: those of everywhere, and the guild's own, which hide global ones of the same name. */
export function commandsAt(state: Pick<State, 'commands' | 'place'>): Commands {
  const guild = state.place?.guild ?? null;
  const own = state.commands.filter((command) => guild !== null && command.guild_id === guild);
  const hidden = new Set(own.map((command) => `${command.type}:${command.name}`));
  const everywhere = state.commands.filter(
    (command) =>
      command.guild_id === undefined &&
      !hidden.has(`${command.type}:${command.name}`) &&
      usable(command, guild === null),
  );
  return [...own, ...everywhere];
}

function usable(command: Commands[number], direct: boolean): boolean {
  if (command.contexts) return command.contexts.includes(direct ? 1 : 0);
  return !direct || command.dm_permission !== false;
}

function replaced<T extends { readonly id: string }>(list: readonly T[], item: T, kept: number): readonly T[] {
  const index = list.findLastIndex((each) => each.id === item.id);
  return index === -1 ? appended(list, item, kept) : list.with(index, item);
}

function appended<T>(list: readonly T[], item: T, kept: number): readonly T[] {
  return [...list.slice(Math.max(0, list.length - kept + 1)), item];
}
