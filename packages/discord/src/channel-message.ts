// The last resort for an answer whose interaction is gone: an ordinary message in the same channel, where the bot may
// write there. What only one person may see is never said in front of others.
import { type ChatInputCommandInteraction, InteractionContextType, PermissionFlagsBits } from 'discord.js';
import { refusalOf } from './refusal.js';
import { fitContent, type Message } from './reply.js';

/** Resolves with whether it was said; rejects where Discord could not be asked. */
export async function sayInChannel(
  interaction: ChatInputCommandInteraction,
  forms: readonly Message[],
  secret: boolean,
): Promise<boolean> {
  const { client, channelId } = interaction;
  if (channelId === null || !client.token || !mayWrite(interaction, secret)) return false;
  const channel = interaction.channel ?? (await client.channels.fetch(channelId));
  if (!channel?.isSendable()) return false;
  for (const form of forms) {
    try {
      const { flags: _, ...message } = form;
      await channel.send({ ...message, content: withCaller(interaction, message.content) } as never);
      return true;
    } catch (error) {
      if (!['invalid', 'too-large', 'forbidden'].includes(refusalOf(error))) throw error;
    }
  }
  return false;
}

function mayWrite(interaction: ChatInputCommandInteraction, secret: boolean): boolean {
  const { guildId, context, client, appPermissions } = interaction;
  if (guildId === null) return context === null || context === InteractionContextType.BotDM;
  if (secret || !client.guilds.cache.has(guildId)) return false;
  const needed = interaction.channel?.isThread()
    ? PermissionFlagsBits.SendMessagesInThreads
    : PermissionFlagsBits.SendMessages;
  return appPermissions.has(PermissionFlagsBits.ViewChannel | needed);
}

/** A message of its own does not show whose command it answers: a small line says so, without a ping. */
function withCaller({ user, commandName }: ChatInputCommandInteraction, content: string | undefined): string {
  return fitContent(`-# <@${user.id}> /${commandName}${content ? `\n${content}` : ''}`);
}
