// Turns what the world holds into what the page shows. It decides who sees a message, and nothing else.
import { type APIAttachment, type APIUser, MessageFlags } from 'discord-api-types/v10';
import { emojiKey } from '../world/messages.js';
import type { WorldChannel, WorldMessage } from '../world/types.js';
import type { World } from '../world/world.js';
import type { BotView, ChannelView, FileView, GuildView, InteractionKind, MessageView, UserView } from './protocol.js';

const SHOWN_PER_CHANNEL = 200;
const PREVIEW = 200;
const KINDS: Readonly<Record<number, InteractionKind>> = {
  2: 'command',
  3: 'component',
  4: 'autocomplete',
  5: 'modal',
};

export function userView(user: APIUser): UserView {
  return {
    id: user.id,
    username: user.username,
    displayName: user.global_name ?? user.username,
    bot: user.bot === true,
  };
}

export function botView(world: World): BotView {
  return { connected: world.connected, user: userView(world.bot) };
}

function channelView(channel: WorldChannel): ChannelView {
  return { id: channel.id, name: channel.name, topic: channel.topic ?? '' };
}

export function guildViews(world: World): GuildView[] {
  return world.directory.guilds().map((guild) => ({
    id: guild.id,
    name: guild.name,
    channels: [...world.directory.channels(guild.id)].sort((a, b) => a.position - b.position).map(channelView),
    roles: guild.roles.map((role) => ({ id: role.id, name: role.name, color: role.color })),
  }));
}

export function directView(world: World, viewer: string): ChannelView {
  return { ...channelView(world.directory.direct(viewer)), name: userView(world.bot).displayName };
}

export function userViews(world: World): UserView[] {
  return world.directory.users().map(userView);
}

export function isSeen(world: World, message: WorldMessage, viewer: string): boolean {
  if (message.viewer !== null && message.viewer !== viewer) return false;
  const channel = world.directory.channel(message.channelId);
  return channel !== undefined && (channel.guildId !== null || channel.recipientId === viewer);
}

/** The newest of every channel that the viewer can read. */
export function messageViews(world: World, viewer: string): MessageView[] {
  const channels = [
    ...world.directory.guilds().flatMap((guild) => world.directory.channels(guild.id)),
    world.directory.direct(viewer),
  ];
  return channels.flatMap((channel) =>
    world.messages.list(channel.id, viewer).slice(-SHOWN_PER_CHANNEL).map(messageView),
  );
}

export function messageView(message: WorldMessage): MessageView {
  const { payload } = message;
  const flags = payload.flags ?? 0;
  const origin = payload.interaction_metadata;
  const answered = payload.referenced_message;
  return {
    id: message.id,
    channel: message.channelId,
    author: userView(payload.author),
    content: payload.content,
    embeds: flags & MessageFlags.SuppressEmbeds ? [] : payload.embeds,
    files: payload.attachments.map(fileView),
    components: payload.components ?? [],
    reactions: (payload.reactions ?? []).map((each) => ({
      emoji: each.emoji.id ? `:${each.emoji.name ?? ''}:` : emojiKey(each.emoji),
      count: each.count,
    })),
    at: Date.parse(payload.timestamp),
    editedAt: payload.edited_timestamp === null ? null : Date.parse(payload.edited_timestamp),
    ephemeral: message.viewer !== null,
    thinking: (flags & MessageFlags.Loading) !== 0,
    ...(payload.message_reference ? { reply: answered ? preview(answered) : null } : {}),
    ...(payload.interaction && origin
      ? {
          cause: { user: userView(origin.user), name: payload.interaction.name, kind: KINDS[origin.type] ?? 'command' },
        }
      : {}),
  };
}

function preview(message: NonNullable<WorldMessage['payload']['referenced_message']>) {
  const content = message.content.replace(/\s+/g, ' ').slice(0, PREVIEW);
  return { id: message.id, author: userView(message.author), content };
}

function fileView(file: APIAttachment): FileView {
  return {
    id: file.id,
    filename: file.filename,
    description: file.description ?? '',
    contentType: file.content_type ?? '',
    size: file.size,
    url: file.url,
    width: file.width ?? null,
    height: file.height ?? null,
    spoiler: file.filename.startsWith('SPOILER_') || ((file.flags ?? 0) & 8) !== 0,
  };
}
