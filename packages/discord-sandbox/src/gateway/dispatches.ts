/**
 * What the world's events are on the gateway: for each, its name, its payload, whose it is and which intent it needs.
 */
import { type APIMessage, GatewayIntentBits as Intent } from 'discord-api-types/v10';
import { parseEmoji } from '../world/messages.js';
import { channelPayload, guildCreatePayload, memberOf } from '../world/payloads.js';
import type { MessageEvent, ReactionEvent, TypingEvent, WorldEvents, WorldMessage } from '../world/types.js';
import type { World } from '../world/world.js';
import { has, messageIntent, reactionIntent, readable, typingIntent } from './intents.js';

export interface Dispatch {
  readonly event: string;
  readonly guildId: string | null;
  /** 0: everyone gets it. */
  readonly intent: number;
  /** As the session with these intents sees it. */
  data(intents: number): unknown;
}

/** Sends each of the world's events on, until the returned function is called. */
export function listen(world: World, emit: (dispatch: Dispatch) => void): () => void {
  const stops = [
    on(world, 'message', (event) => {
      for (const dispatch of messageDispatches(world, event)) emit(dispatch);
    }),
    on(world, 'interaction', (event) => {
      if (event.kind !== 'received') return;
      const payload = world.interactions.payload(event.interaction);
      emit({ event: 'INTERACTION_CREATE', guildId: event.guild, intent: 0, data: () => payload });
    }),
    on(world, 'typing', (event) => emit(typingDispatch(world, event))),
    on(world, 'reaction', (event) => emit(reactionDispatch(world, event))),
    on(world, 'guild', (guild) =>
      emit({
        event: 'GUILD_CREATE',
        guildId: guild.id,
        intent: Intent.Guilds,
        data: (intents) => guildCreatePayload(guild, world.directory, has(intents, Intent.GuildMembers)),
      }),
    ),
    on(world, 'channel', (channel) => {
      if (channel.guildId === null) return;
      const data = () => channelPayload(channel, world.directory);
      emit({ event: 'CHANNEL_CREATE', guildId: channel.guildId, intent: Intent.Guilds, data });
    }),
    on(world, 'member', (guild, member) => {
      const data = () => ({ ...member, guild_id: guild.id });
      emit({ event: 'GUILD_MEMBER_ADD', guildId: guild.id, intent: Intent.GuildMembers, data });
    }),
    on(world, 'user', (user) => {
      if (user.id === world.bot.id) emit({ event: 'USER_UPDATE', guildId: null, intent: 0, data: () => user });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function on<K extends keyof WorldEvents>(
  world: World,
  event: K,
  listener: (...args: WorldEvents[K]) => void,
): () => void {
  const hear = listener as never;
  world.on(event, hear);
  return () => world.off(event, hear);
}

function* messageDispatches(world: World, { kind, message }: MessageEvent): Generator<Dispatch> {
  // Ephemeral messages are the user's and the bot's own: as in a direct channel, without guild.
  const guildId = message.viewer === null ? message.guildId : null;
  const direct = guildId === null;
  const intent = messageIntent(direct);
  const { channelId: channel_id, id } = message;
  if (kind === 'delete') {
    const data = () => ({ id, channel_id, ...(guildId === null ? {} : { guild_id: guildId }) });
    yield { event: 'MESSAGE_DELETE', guildId: message.guildId, intent, data };
    return;
  }
  // A direct channel is unknown to the bot until its first message.
  if (kind === 'create' && message.guildId === null && world.messages.list(channel_id).length === 1) {
    const channel = world.directory.channel(channel_id)!;
    yield { event: 'CHANNEL_CREATE', guildId: null, intent, data: () => channelPayload(channel, world.directory) };
  }
  const event = kind === 'create' ? 'MESSAGE_CREATE' : 'MESSAGE_UPDATE';
  const data = (intents: number) => messageData(world, message, guildId, intents);
  yield { event, guildId: message.guildId, intent, data };
}

function messageData(world: World, message: WorldMessage, guildId: string | null, intents: number): APIMessage {
  const shown = readable(message.payload, intents, guildId === null, world.bot.id);
  if (guildId === null) return shown;
  const member = memberOf(world.directory.guild(guildId), shown.author);
  return { ...shown, guild_id: guildId, ...(member ? { member } : {}) } as APIMessage;
}

function typingDispatch(world: World, { channel, user, at }: TypingEvent): Dispatch {
  const guildId = world.directory.channel(channel)?.guildId ?? null;
  const member = guildId === null ? undefined : world.directory.guild(guildId)?.members.get(user);
  const where = guildId === null ? {} : { guild_id: guildId, ...(member ? { member } : {}) };
  const data = () => ({ channel_id: channel, user_id: user, timestamp: Math.floor(at / 1_000), ...where });
  return { event: 'TYPING_START', guildId, intent: typingIntent(guildId === null), data };
}

function reactionDispatch(world: World, { kind, message, user, emoji }: ReactionEvent): Dispatch {
  const { guildId } = message;
  const member = guildId === null ? undefined : world.directory.guild(guildId)?.members.get(user);
  const where = guildId === null ? {} : { guild_id: guildId, ...(member && kind === 'add' ? { member } : {}) };
  const data = () => ({
    user_id: user,
    channel_id: message.channelId,
    message_id: message.id,
    message_author_id: message.payload.author.id,
    emoji: parseEmoji(emoji),
    burst: false,
    type: 0,
    ...where,
  });
  const event = kind === 'add' ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE';
  return { event, guildId, intent: reactionIntent(guildId === null), data };
}
