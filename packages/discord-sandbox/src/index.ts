/**
 * The front door of the sandbox: Discord on this machine, for tests and a first run of a bot without an account.
 */
import type { SandboxOptions } from './options.js';
import { openSandbox, type Sandbox } from './sandbox.js';

/**
 * Starts Discord on this machine: REST, gateway and the playground page, for one bot.
 * @example
 * await using sandbox = await startSandbox();
 * const client = new Client({ intents: [], rest: sandbox.rest });
 * await client.login(sandbox.token);
 * const reply = await sandbox.slash('weather', { city: 'Tallinn' });
 */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return openSandbox(options);
}

export type { As, Choice } from './driver/driver.js';
export type { SandboxAttachment, SandboxMentions, SandboxMessage, SandboxReply } from './driver/reply.js';
export type { SandboxOptions } from './options.js';
export type { Faults } from './playground/source.js';
export type { Sandbox } from './sandbox.js';
export type { FieldValue } from './world/components.js';
export type { OptionValue } from './world/options.js';
export type { DiscordError } from './world/types.js';
