// Who and what an option of a kind can name here: users, channels, roles.
import type { GuildView, UserView } from '../../src/playground/protocol.js';
import { KIND } from './kinds.js';
import type { Option } from './leaves.js';

export interface People {
  readonly users: readonly UserView[];
  readonly guild: GuildView | undefined;
}

export interface Person {
  readonly name: string;
  readonly value: string;
}

export function peopleFor(option: Option, { users, guild }: People): Person[] {
  const everyone = users.map((user) => ({ name: `@${user.displayName}`, value: user.id }));
  const roles = (guild?.roles ?? []).map((role) => ({ name: `@${role.name.replace(/^@/, '')}`, value: role.id }));
  switch (option.type) {
    case KIND.user:
      return everyone;
    case KIND.role:
      return roles;
    case KIND.mentionable:
      return [...everyone, ...roles];
    case KIND.channel:
      return (guild?.channels ?? []).map((channel) => ({ name: `#${channel.name}`, value: channel.id }));
    default:
      return [];
  }
}
