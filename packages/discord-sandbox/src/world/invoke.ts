/**
 * The JSON of an interaction as the bot receives it. Pure; always complete, because discord.js throws on an
 * interaction without `data`.
 */
import {
  type APIInteraction,
  type APIMessage,
  ApplicationIntegrationType,
  InteractionContextType,
  InteractionType,
} from 'discord-api-types/v10';
import type { Directory } from './directory.js';
import { channelPayload } from './payloads.js';
import { BOT_PERMISSIONS } from './permissions.js';
import type { Place, InteractionType as Type } from './types.js';

/** Discord's for a guild without boosts. */
export const ATTACHMENT_LIMIT = 10 * 1024 * 1024;

const NUMBERS: Readonly<Record<Type, InteractionType>> = {
  command: InteractionType.ApplicationCommand,
  autocomplete: InteractionType.ApplicationCommandAutocomplete,
  component: InteractionType.MessageComponent,
  modal: InteractionType.ModalSubmit,
};

export interface Invoking {
  readonly id: string;
  readonly token: string;
  readonly type: Type;
  readonly application: string;
  readonly place: Place;
  readonly userInstalled: boolean;
  readonly data: unknown;
  readonly message?: APIMessage;
}

export function interactionPayload(invoking: Invoking, directory: Directory): APIInteraction {
  const { place, userInstalled } = invoking;
  const { user, guild, channel, locale } = place;
  const owners = {
    ...(userInstalled ? { [ApplicationIntegrationType.UserInstall]: user.id } : {}),
    ...(userInstalled ? {} : { [ApplicationIntegrationType.GuildInstall]: guild?.id ?? '0' }),
  };
  const who = guild
    ? {
        guild_id: guild.id,
        guild: { id: guild.id, locale: guild.locale, features: [] },
        guild_locale: guild.locale,
        member: { ...guild.members.get(user.id), permissions: directory.permissions(guild.id, user.id).toString() },
      }
    : { user };
  const payload = {
    id: invoking.id,
    application_id: invoking.application,
    type: NUMBERS[invoking.type],
    data: invoking.data,
    channel: channelPayload(channel, directory),
    channel_id: channel.id,
    ...who,
    token: invoking.token,
    version: 1,
    ...(invoking.message ? { message: invoking.message } : {}),
    app_permissions: BOT_PERMISSIONS.toString(),
    locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context: guild ? InteractionContextType.Guild : InteractionContextType.BotDM,
    attachment_size_limit: ATTACHMENT_LIMIT,
  };
  return payload as unknown as APIInteraction;
}
