// Why a bot could not start, in one line that says what to do. Never carries the token.
import { GatewayCloseCodes } from 'discord.js';
import { withoutSecrets } from './log.js';

export type BotErrorCode = 'BOT_TOKEN' | 'BOT_INTENTS' | 'BOT_UNREACHABLE' | 'BOT_REGISTER' | 'BOT_STOPPED';

/** A bot cannot start or go on; the message says what to do about it. */
export class BotError extends Error {
  override readonly name = 'BotError';
  readonly code: BotErrorCode;

  constructor(code: BotErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const tokenAdvice =
  'copy the token from https://discord.com/developers/applications, your application, Bot, Reset Token, and give it ' +
  'to the bot (usually as DISCORD_TOKEN in the environment)';

export function noToken(): BotError {
  return new BotError('BOT_TOKEN', `the bot has no token: ${tokenAdvice}`);
}

function badToken(cause?: unknown): BotError {
  return new BotError('BOT_TOKEN', `Discord does not accept the bot's token: ${tokenAdvice}`, cause);
}

function badIntents(cause?: unknown): BotError {
  return new BotError(
    'BOT_INTENTS',
    'Discord does not let the bot have the intents that its client asks for: switch them on at ' +
      'https://discord.com/developers/applications, your application, Bot, Privileged Gateway Intents, or ask for fewer',
    cause,
  );
}

/** What a failed login means. */
export function loginError(error: unknown, api: string): BotError {
  if (error instanceof BotError) return error;
  const { code, status, message } = (error ?? {}) as { code?: unknown; status?: unknown; message?: unknown };
  const text = String(message ?? error);
  if (code === 'TokenInvalid' || status === 401 || /authentication failed/i.test(text)) return badToken(error);
  if (code === 'DisallowedIntents' || code === 'InvalidIntents' || /intents/i.test(text)) return badIntents(error);
  const host = URL.canParse(api) ? new URL(api).host : 'Discord';
  return new BotError(
    'BOT_UNREACHABLE',
    `the bot could not log in at ${host} (${withoutSecrets(text)}): check the connection and https://discordstatus.com, then start it again`,
    error,
  );
}

/** The close codes of the gateway after which discord.js does not come back, with what to do. */
export function fatalClose(code: number): BotError | undefined {
  if (code === GatewayCloseCodes.AuthenticationFailed) return badToken();
  if (code === GatewayCloseCodes.DisallowedIntents || code === GatewayCloseCodes.InvalidIntents) return badIntents();
  if (code < GatewayCloseCodes.InvalidShard || code > GatewayCloseCodes.InvalidAPIVersion) return undefined;
  return new BotError(
    'BOT_UNREACHABLE',
    `Discord's gateway refuses this client (close code ${code}): check shards and version of discord.js`,
  );
}
