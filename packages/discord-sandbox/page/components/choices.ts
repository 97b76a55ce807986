// What a select menu of a kind offers: its own options, or the users, roles and channels of the place.
import type { APISelectMenuComponent } from 'discord-api-types/v10';
import type { State } from '../state/model.js';
import { COMPONENT } from './kinds.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description: string;
  readonly emoji: string;
}

export function choicesOf(
  menu: APISelectMenuComponent,
  state: Pick<State, 'users' | 'guilds' | 'place' | 'bot'>,
): Choice[] {
  const guild = state.guilds.find((each) => each.id === state.place?.guild);
  const plain = (value: string, label: string): Choice => ({ value, label, description: '', emoji: '' });
  const people = [...state.users, ...(state.bot.user ? [state.bot.user] : [])];
  const users = people.map((user) => plain(user.id, `@${user.displayName}`));
  const roles = (guild?.roles ?? []).map((role) => plain(role.id, `@${role.name.replace(/^@/, '')}`));
  switch (menu.type) {
    case COMPONENT.stringSelect:
      return menu.options.map((option) => ({
        value: option.value,
        label: option.label,
        description: option.description ?? '',
        emoji: option.emoji?.id ? '' : (option.emoji?.name ?? ''),
      }));
    case COMPONENT.userSelect:
      return users;
    case COMPONENT.roleSelect:
      return roles;
    case COMPONENT.mentionableSelect:
      return [...users, ...roles];
    default:
      return (guild?.channels ?? []).map((channel) => plain(channel.id, `#${channel.name}`));
  }
}

export function chosenAtFirst(menu: APISelectMenuComponent): string[] {
  if (menu.type === COMPONENT.stringSelect)
    return menu.options.filter((option) => option.default).map((option) => option.value);
  return (menu.default_values ?? []).map((each) => each.id);
}
