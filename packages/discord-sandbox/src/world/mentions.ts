/**
 * Who is pinged by a text: what it names, less what `allowed_mentions` holds back. Never decides how it is drawn.
 */
import { AllowedMentionsTypes, type APIAllowedMentions } from 'discord-api-types/v10';

export interface Mentions {
  readonly users: string[];
  readonly roles: string[];
  readonly everyone: boolean;
}

const USER = /<@!?(\d{15,20})>/g;
const ROLE = /<@&(\d{15,20})>/g;
const EVERYONE = /@(?:everyone|here)\b/;

export function mentionsIn(text: string, allowed?: APIAllowedMentions, repliedTo?: string): Mentions {
  const named = { users: ids(text, USER), roles: ids(text, ROLE), everyone: EVERYONE.test(text) };
  const replied = repliedTo !== undefined && allowed?.replied_user !== false ? [repliedTo] : [];
  if (!allowed) return { ...named, users: [...new Set([...named.users, ...replied])] };
  const parsed = (kind: AllowedMentionsTypes) => allowed.parse?.includes(kind) ?? false;
  const users = named.users.filter((id) => parsed(AllowedMentionsTypes.User) || allowed.users?.includes(id));
  return {
    // With allowed_mentions given, a reply pings its author only when asked to.
    users: [...new Set([...users, ...(allowed.replied_user === true ? replied : [])])],
    roles: named.roles.filter((id) => parsed(AllowedMentionsTypes.Role) || allowed.roles?.includes(id)),
    everyone: named.everyone && parsed(AllowedMentionsTypes.Everyone),
  };
}

function ids(text: string, pattern: RegExp): string[] {
  return [...new Set(Array.from(text.matchAll(pattern), (match) => match[1]!))];
}
