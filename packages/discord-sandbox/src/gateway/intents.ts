/**
 * Who hears what: the intent that each event needs, and what of a message remains for those who may not read its
 * content. Pure.
 */
import { type APIMessage, GatewayIntentBits as Intent } from 'discord-api-types/v10';

export const PRIVILEGED = Intent.GuildMembers | Intent.GuildPresences | Intent.MessageContent;
export const KNOWN = Object.values(Intent)
  .filter((bit) => typeof bit === 'number')
  .reduce((sum, bit) => sum | bit, 0);

export function has(intents: number, intent: number): boolean {
  return (intents & intent) !== 0;
}

/** Ephemeral messages go the way of direct ones, wherever they appear. */
export function messageIntent(direct: boolean): number {
  return direct ? Intent.DirectMessages : Intent.GuildMessages;
}

export function typingIntent(direct: boolean): number {
  return direct ? Intent.DirectMessageTyping : Intent.GuildMessageTyping;
}

export function reactionIntent(direct: boolean): number {
  return direct ? Intent.DirectMessageReactions : Intent.GuildMessageReactions;
}

/** Without the MESSAGE_CONTENT intent a bot reads its own messages, direct ones, and those that mention it. */
export function readable(message: APIMessage, intents: number, direct: boolean, botId: string): APIMessage {
  const reads =
    direct ||
    has(intents, Intent.MessageContent) ||
    message.author.id === botId ||
    message.mentions.some((user) => user.id === botId);
  return reads ? message : { ...message, content: '', embeds: [], attachments: [], components: [] };
}
