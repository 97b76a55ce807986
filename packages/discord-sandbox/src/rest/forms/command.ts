/**
 * A command as Discord registers it: names, descriptions, options with their kinds and ranges, choices, where it may be
 * used. Fills in what Discord fills in; never stores an unknown key.
 */
import { ApplicationCommandType, ApplicationIntegrationType, InteractionContextType } from 'discord-api-types/v10';
import type { CommandBody } from '../../world/commands.js';
import type { Field } from '../form.js';
import { readOptions } from './command-option.js';
import { tidyAny } from './parts.js';
import { readLocalizations, readName } from './text.js';

const TYPES = [ApplicationCommandType.ChatInput, ApplicationCommandType.User, ApplicationCommandType.Message] as const;
const CONTEXTS = [
  InteractionContextType.Guild,
  InteractionContextType.BotDM,
  InteractionContextType.PrivateChannel,
] as const;
const INSTALLS = [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall] as const;
const SIZE = 8_000;

export function readCommand(field: Field, guild: boolean): CommandBody | undefined {
  if (!field.object(true)) return undefined;
  const type = field.at('type').choice(TYPES) ?? ApplicationCommandType.ChatInput;
  const slash = type === ApplicationCommandType.ChatInput;
  const name = slash ? readName(field.at('name')) : field.at('name').text({ min: 1, max: 32, required: true });
  const description = slash
    ? field.at('description').text({ min: 1, max: 100, required: true })
    : field.at('description').text({ max: 0 });
  const options = readOptions(field.at('options'), slash);
  const contexts = field.at('contexts').given ? readEach(field.at('contexts'), CONTEXTS) : null;
  const installs = field.at('integration_types').given ? readEach(field.at('integration_types'), INSTALLS) : undefined;
  const allowed = field.at('default_member_permissions').text({ pattern: /^\d{1,20}$/ });
  const direct = field.at('dm_permission').flag() ?? true;
  const body = {
    type,
    name,
    name_localizations: readLocalizations(field.at('name_localizations'), (each) =>
      slash ? readName(each) : each.text({ min: 1, max: 32 }),
    ),
    description: description ?? '',
    description_localizations: readLocalizations(field.at('description_localizations'), (each) =>
      each.text({ min: 1, max: 100 }),
    ),
    ...(options.length > 0 ? { options } : {}),
    default_member_permissions: allowed ?? null,
    default_permission: field.at('default_permission').flag() ?? true,
    nsfw: field.at('nsfw').flag() ?? false,
    // Where a command may be used is decided for global commands only.
    ...(guild
      ? {}
      : {
          dm_permission: direct,
          contexts: contexts ?? (direct ? null : [InteractionContextType.Guild]),
          integration_types: installs ?? [ApplicationIntegrationType.GuildInstall],
        }),
  };
  if (sizeOf(body) > SIZE) field.fail('APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${SIZE})`);
  return body as unknown as CommandBody;
}

function readEach<T extends number>(field: Field, allowed: readonly T[]): T[] {
  return [...new Set(field.list({ min: 1 }).flatMap((each) => each.choice(allowed, true) ?? []))];
}

interface Sized {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly value?: unknown;
  readonly options?: readonly Sized[];
  readonly choices?: readonly Sized[];
}

function sizeOf(sized: Sized): number {
  const own = [sized.name, sized.description, sized.value].filter((text) => typeof text === 'string');
  const inner = [...(sized.options ?? []), ...(sized.choices ?? [])];
  return own.reduce((sum, text) => sum + [...text].length, 0) + inner.reduce((sum, each) => sum + sizeOf(each), 0);
}

/** The parts of a command that a PATCH may leave out, from what is registered. */
export function patched(registered: object, patch: unknown): unknown {
  return typeof patch === 'object' && patch !== null ? tidyAny({ ...registered, ...patch }) : patch;
}
