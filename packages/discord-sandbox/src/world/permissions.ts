/**
 * What members of the sandbox's guilds may do: owners everything, others what Discord gives to everyone at first.
 * Permissions are not enforced on the bot's own requests; they only travel in payloads.
 */
import { PermissionFlagsBits } from 'discord-api-types/v10';

const union = (bits: Iterable<bigint>) => [...bits].reduce((sum, bit) => sum | bit, 0n);

export const ALL_PERMISSIONS = union(Object.values(PermissionFlagsBits));

export const EVERYONE_PERMISSIONS = union([
  PermissionFlagsBits.ViewChannel,
  PermissionFlagsBits.SendMessages,
  PermissionFlagsBits.EmbedLinks,
  PermissionFlagsBits.AttachFiles,
  PermissionFlagsBits.ReadMessageHistory,
  PermissionFlagsBits.AddReactions,
  PermissionFlagsBits.UseExternalEmojis,
  PermissionFlagsBits.ChangeNickname,
  PermissionFlagsBits.CreateInstantInvite,
  PermissionFlagsBits.UseApplicationCommands,
  PermissionFlagsBits.SendMessagesInThreads,
  PermissionFlagsBits.Connect,
  PermissionFlagsBits.Speak,
]);

export const BOT_PERMISSIONS = EVERYONE_PERMISSIONS | PermissionFlagsBits.ManageMessages;
