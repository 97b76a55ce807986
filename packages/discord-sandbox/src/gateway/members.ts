/**
 * REQUEST_GUILD_MEMBERS, answered in chunks of a thousand, as far as the session's intents allow.
 */
import { type APIGuildMember, GatewayIntentBits as Intent } from 'discord-api-types/v10';
import { isRecord } from '../rest/form.js';
import type { World } from '../world/world.js';
import { has } from './intents.js';

const CHUNK = 1_000;

export function memberChunks(world: World, data: unknown, intents: number): unknown[] {
  if (!isRecord(data)) return [];
  const guild = world.directory.guild(String(data.guild_id));
  if (!guild) return [];
  const everyone = [...guild.members.values()];
  const { query, limit, user_ids, nonce } = data;
  const named = user_ids === undefined ? undefined : [user_ids].flat().map(String);
  const found = named
    ? everyone.filter((member) => named.includes(member.user.id))
    : begins(everyone, String(query ?? ''), Number(limit ?? 0), has(intents, Intent.GuildMembers));
  const not_found = named?.filter((id) => !guild.members.has(id));
  const count = Math.max(1, Math.ceil(found.length / CHUNK));
  return Array.from({ length: count }, (_, index) => ({
    guild_id: guild.id,
    members: found.slice(index * CHUNK, (index + 1) * CHUNK),
    chunk_index: index,
    chunk_count: count,
    ...(not_found && not_found.length > 0 ? { not_found } : {}),
    ...(data.presences === true ? { presences: [] } : {}),
    ...(typeof nonce === 'string' && nonce.length <= 32 ? { nonce } : {}),
  }));
}

/** All of them needs the privileged intent; a search gives at most a hundred. */
function begins(everyone: APIGuildMember[], query: string, limit: number, all: boolean): APIGuildMember[] {
  if (query === '' && limit === 0) return all ? everyone : [];
  const wanted = query.toLowerCase();
  const fits = everyone.filter((member) => member.user.username.toLowerCase().startsWith(wanted));
  return fits.slice(0, Math.min(limit || 100, 100));
}
