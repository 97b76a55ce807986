/**
 * Guilds, channels and members in Discord's JSON, as the gateway and REST show them. Pure: makes nothing and keeps nothing.
 */
import {
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIInteractionDataResolvedChannel,
  type APIInteractionDataResolvedGuildMember,
  type APIUser,
  ChannelType,
  type GatewayGuildCreateDispatchData,
} from 'discord-api-types/v10';
import { type Directory, isoTime } from './directory.js';
import { BOT_PERMISSIONS } from './permissions.js';
import type { WorldChannel, WorldGuild } from './types.js';

export function channelPayload(channel: WorldChannel, directory: Directory): APIChannel {
  const shape =
    channel.guildId === null
      ? {
          id: channel.id,
          type: ChannelType.DM,
          last_message_id: null,
          flags: 0,
          recipients: [directory.user(channel.recipientId!)!],
        }
      : {
          id: channel.id,
          type: ChannelType.GuildText,
          guild_id: channel.guildId,
          name: channel.name,
          topic: channel.topic,
          position: channel.position,
          permission_overwrites: [],
          nsfw: false,
          rate_limit_per_user: 0,
          parent_id: null,
          last_message_id: null,
          flags: 0,
        };
  return shape as APIChannel;
}

export function guildPayload(guild: WorldGuild): APIGuild {
  const shape = {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    splash: null,
    discovery_splash: null,
    home_header: null,
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    max_presences: null,
    max_members: 500_000,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    hub_type: null,
    features: [],
    roles: guild.roles,
    emojis: [],
    stickers: [],
    nsfw_level: 0,
    nsfw: false,
    incidents_data: null,
  };
  return shape as unknown as APIGuild;
}

/** Without the privileged intent Discord sends only the bot's own member. */
export function guildCreatePayload(
  guild: WorldGuild,
  directory: Directory,
  everyMember: boolean,
): GatewayGuildCreateDispatchData {
  const members = [...guild.members.values()];
  const shape = {
    ...guildPayload(guild),
    joined_at: isoTime(guild.joinedAt),
    large: false,
    unavailable: false,
    member_count: members.length,
    members: everyMember ? members : members.filter((member) => member.user.id === directory.bot.id),
    channels: directory.channels(guild.id).map((channel) => channelPayload(channel, directory)),
    threads: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
  return shape as unknown as GatewayGuildCreateDispatchData;
}

export function resolvedMember(member: APIGuildMember, permissions: bigint): APIInteractionDataResolvedGuildMember {
  const { user, deaf, mute, ...rest } = member;
  return { ...rest, permissions: permissions.toString() };
}

export function resolvedChannel(
  channel: WorldChannel,
  permissions: bigint,
  directory: Directory,
): APIInteractionDataResolvedChannel {
  return {
    ...channelPayload(channel, directory),
    name: channel.name,
    permissions: permissions.toString(),
    app_permissions: BOT_PERMISSIONS.toString(),
  } as APIInteractionDataResolvedChannel;
}

/** As in MESSAGE_CREATE: the member without its user. */
export function memberOf(guild: WorldGuild | undefined, user: APIUser): Omit<APIGuildMember, 'user'> | undefined {
  const member = guild?.members.get(user.id);
  if (!member) return undefined;
  const { user: _, ...rest } = member;
  return rest;
}
