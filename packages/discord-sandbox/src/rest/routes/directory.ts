/**
 * Who and what there is: the gateway's address, the application, users, guilds, members, channels.
 */
import type { APIGuildMember } from 'discord-api-types/v10';
import { refuse } from '../../refusal.js';
import { channelPayload, guildPayload } from '../../world/payloads.js';
import { application, self } from '../../world/self.js';
import type { WorldGuild } from '../../world/types.js';
import { Form } from '../form.js';
import { type Call, ok, type Route } from '../route.js';

const SESSION_STARTS = 1_000;

export const directoryRoutes: readonly Route[] = [
  { method: 'GET', path: '/gateway', auth: false, handle: ({ gateway }) => ok({ url: gateway }) },
  { method: 'GET', path: '/gateway/bot', handle: gatewayBot },
  { method: 'GET', path: '/applications/@me', handle: ({ world }) => ok(application(world)) },
  { method: 'GET', path: '/oauth2/applications/@me', handle: ({ world }) => ok(application(world)) },
  { method: 'GET', path: '/applications/:application/emojis', handle: () => ok({ items: [] }) },
  { method: 'GET', path: '/users/@me', handle: ({ world }) => ok(self(world)) },
  { method: 'PATCH', path: '/users/@me', handle: rename },
  { method: 'GET', path: '/users/@me/guilds', handle: ({ world }) => ok(world.directory.guilds().map(brief)) },
  { method: 'POST', path: '/users/@me/channels', handle: openDirect },
  { method: 'GET', path: '/users/:user', handle: user },
  { method: 'GET', path: '/guilds/:guild', handle: guild },
  { method: 'GET', path: '/guilds/:guild/channels', handle: channels },
  { method: 'GET', path: '/guilds/:guild/roles', handle: (call) => ok(guildOf(call).roles) },
  { method: 'GET', path: '/guilds/:guild/members', handle: members },
  { method: 'GET', path: '/guilds/:guild/members/search', handle: searchMembers },
  { method: 'GET', path: '/guilds/:guild/members/:user', handle: member },
  { method: 'GET', path: '/channels/:channel', handle: channel },
];

function gatewayBot({ gateway }: Call) {
  const limit = { total: SESSION_STARTS, remaining: SESSION_STARTS, reset_after: 0, max_concurrency: 16 };
  return ok({ url: gateway, shards: 1, session_start_limit: limit });
}

function rename({ world, body }: Call) {
  const form = new Form(body.json);
  form.object(true);
  const username = form.at('username').text({ min: 2, max: 32 });
  form.settle();
  if (username !== undefined) world.directory.renameBot(username);
  return ok(self(world));
}

function openDirect({ world, body }: Call) {
  const form = new Form(body.json);
  form.object(true);
  const id = form.at('recipient_id').snowflake(true);
  form.settle();
  if (!world.directory.user(id!) || id === world.bot.id) throw refuse.unknownUser();
  return ok(channelPayload(world.directory.direct(id!), world.directory));
}

function user({ world, params }: Call) {
  const found = world.directory.user(params.user!);
  if (!found) throw refuse.unknownUser();
  return ok(found);
}

function guild(call: Call) {
  const found = guildOf(call);
  const size = found.members.size;
  const counts = { approximate_member_count: size, approximate_presence_count: size };
  return ok({ ...guildPayload(found), ...(call.query.get('with_counts') === 'true' ? counts : {}) });
}

function channels(call: Call) {
  const { directory } = call.world;
  return ok(directory.channels(guildOf(call).id).map((each) => channelPayload(each, directory)));
}

function members(call: Call) {
  const form = new Form(Object.fromEntries(call.query));
  const limit = form.at('limit').integer({ min: 1, max: 1_000 }) ?? 1;
  const after = form.at('after').snowflake() ?? '0';
  form.settle();
  const later = byId(guildOf(call)).filter((each) => BigInt(each.user.id) > BigInt(after));
  return ok(later.slice(0, limit));
}

function searchMembers(call: Call) {
  const form = new Form(Object.fromEntries(call.query));
  const query = form.at('query').text({ min: 1, max: 100, required: true });
  const limit = form.at('limit').integer({ min: 1, max: 1_000 }) ?? 1;
  form.settle();
  const begins = (each: APIGuildMember) => each.user.username.toLowerCase().startsWith(query!.toLowerCase());
  return ok(byId(guildOf(call)).filter(begins).slice(0, limit));
}

function member(call: Call) {
  const found = guildOf(call).members.get(call.params.user!);
  if (!found) throw call.world.directory.user(call.params.user!) ? refuse.unknownMember() : refuse.unknownUser();
  return ok(found);
}

function channel({ world, params }: Call) {
  const found = world.directory.channel(params.channel!);
  if (!found) throw refuse.unknownChannel();
  return ok(channelPayload(found, world.directory));
}

function guildOf({ world, params }: Call): WorldGuild {
  const found = world.directory.guild(params.guild!);
  if (!found) throw refuse.unknownGuild();
  return found;
}

function byId(found: WorldGuild): APIGuildMember[] {
  return [...found.members.values()].sort((left, right) => (BigInt(left.user.id) < BigInt(right.user.id) ? -1 : 1));
}

function brief(found: WorldGuild) {
  return { id: found.id, name: found.name, icon: null, banner: null, owner: false, permissions: '0', features: [] };
}
