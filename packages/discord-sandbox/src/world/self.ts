/**
 * What the bot sees of itself: its user and its application, in Discord's JSON.
 */
import { ApplicationFlags } from 'discord-api-types/v10';
import type { World } from './world.js';

/** The bot's own user, with what only it sees of itself. */
export function self(world: World) {
  return { ...world.bot, verified: true, mfa_enabled: true, email: null, locale: 'en-US', flags: 0 };
}

/** Without `install_params`: discord.js throws on null. */
export function application(world: World) {
  const { GatewayGuildMembersLimited, GatewayMessageContentLimited, GatewayPresenceLimited } = ApplicationFlags;
  const owner = world.directory.users()[0];
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: '',
    summary: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: world.applicationId.padStart(64, '0'),
    flags: GatewayGuildMembersLimited | GatewayMessageContentLimited | GatewayPresenceLimited,
    team: null,
    bot: world.bot,
    approximate_guild_count: world.directory.guilds().length,
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    ...(owner ? { owner } : {}),
  };
}
