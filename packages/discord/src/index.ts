// The front door of `@errand/discord`.

export { type AttachmentOptions, attachment } from './attachment.js';
export { BotError, type BotErrorCode } from './bot-error.js';
export type { Attachment, Choice, Command, EmbedLike, Reply, TypedCommand } from './command.js';
export { command } from './command.js';
export type { Duration } from './duration.js';
export { fitEmbed } from './embed.js';
export { explain } from './explain.js';
export { type HandleOptions, handleCommands } from './handle-commands.js';
export {
  type InteractionsHandler,
  type InteractionsOptions,
  interactionsHandler,
} from './http/interactions-handler.js';
export { nodeListener } from './http/node-listener.js';
export type { Log } from './log.js';
export { type RegisterOptions, registerCommands } from './register.js';
export { type Bot, type BotOptions, runBot } from './run-bot.js';
export { type OptionSettings, type OptionsOf, type SlashDefinition, slash } from './slash.js';
export type { RequestReport } from './web.js';
