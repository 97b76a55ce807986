// The commands as they are typed: every subcommand is a line of its own, in the words of the user's language.
import type { APIApplicationCommandBasicOption, APIApplicationCommandOption } from 'discord-api-types/v10';
import type { Commands } from '../state/model.js';
import { KIND } from './kinds.js';

export type Option = APIApplicationCommandBasicOption;

export interface Leaf {
  /** What the sandbox knows it by: `remind add`. */
  readonly name: string;
  /** What the user reads and types. */
  readonly title: string;
  readonly description: string;
  readonly options: readonly Option[];
}

interface Named {
  readonly name: string;
  readonly description: string;
  readonly name_localizations?: Partial<Record<string, string | null>> | null;
  readonly description_localizations?: Partial<Record<string, string | null>> | null;
}

const CHAT_INPUT = 1;

export function leavesOf(commands: Commands, locale: string): Leaf[] {
  const slash = commands.filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT);
  return slash
    .flatMap((command) => spread(command, command.options ?? [], command.name, nameIn(command, locale), locale))
    .sort((left, right) => left.title.localeCompare(right.title));
}

function spread(
  of: Named,
  options: readonly APIApplicationCommandOption[],
  name: string,
  title: string,
  locale: string,
): Leaf[] {
  const below = options.filter((option) => option.type === KIND.subcommand || option.type === KIND.group);
  if (below.length === 0) {
    return [{ name, title, description: descriptionIn(of, locale), options: options as readonly Option[] }];
  }
  return below.flatMap((option) =>
    spread(
      option,
      'options' in option ? (option.options ?? []) : [],
      `${name} ${option.name}`,
      `${title} ${nameIn(option, locale)}`,
      locale,
    ),
  );
}

export const nameIn = (named: Named, locale: string): string => named.name_localizations?.[locale] ?? named.name;
export const descriptionIn = (named: Named, locale: string): string =>
  named.description_localizations?.[locale] ?? named.description;

/** Those that begin with what was typed come first, then those that contain it. */
export function matching(leaves: readonly Leaf[], typed: string): Leaf[] {
  const wanted = typed.toLowerCase().trim().replace(/\s+/g, ' ');
  const starts = (leaf: Leaf): boolean => leaf.title.toLowerCase().startsWith(wanted) || leaf.name.startsWith(wanted);
  const contains = (leaf: Leaf): boolean => `${leaf.title} ${leaf.description}`.toLowerCase().includes(wanted);
  return [...leaves.filter(starts), ...leaves.filter((leaf) => !starts(leaf) && contains(leaf))];
}
