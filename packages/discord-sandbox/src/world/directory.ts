/**
 * Guilds, channels, users and members, made on demand: whoever is named exists from then on.
 * Never forgets one, and never gives two of them the same id.
 */
import type { APIGuildMember, APIRole, APIUser, GuildMemberFlags, RoleFlags, UserFlags } from 'discord-api-types/v10';
import type { Clock } from '../clock.js';
import { isSnowflake, type Snowflakes } from '../snowflake.js';
import { ALL_PERMISSIONS, BOT_PERMISSIONS, EVERYONE_PERMISSIONS } from './permissions.js';
import type { Actor, Place, WorldChannel, WorldGuild } from './types.js';

export interface DirectoryEvents {
  guild(guild: WorldGuild): void;
  channel(channel: WorldChannel): void;
  user(user: APIUser): void;
  member(guild: WorldGuild, member: APIGuildMember): void;
}

const FIRST_CHANNEL = 'general';

export class Directory {
  readonly #ids: Snowflakes;
  readonly #clock: Clock;
  readonly #events: DirectoryEvents;
  readonly #guilds = new Map<string, WorldGuild>();
  readonly #channels = new Map<string, WorldChannel>();
  readonly #users = new Map<string, APIUser>();
  /** Ids by name in lower case; the bot is not among them. */
  readonly #userNames = new Map<string, string>();
  readonly #guildNames = new Map<string, string>();
  /** Direct channels by the user's id. */
  readonly #direct = new Map<string, WorldChannel>();
  readonly #locales = new Map<string, string>();
  readonly #bot: string;

  constructor(ids: Snowflakes, clock: Clock, events: DirectoryEvents, botName: string) {
    this.#ids = ids;
    this.#clock = clock;
    this.#events = events;
    this.#bot = this.#addUser(ids.next(), botName, true).id;
  }

  get bot(): APIUser {
    return this.#users.get(this.#bot)!;
  }

  renameBot(username: string): APIUser {
    const renamed = { ...this.bot, username };
    this.#users.set(this.#bot, renamed);
    for (const guild of this.#guilds.values()) {
      const member = guild.members.get(this.#bot);
      if (member) guild.members.set(this.#bot, { ...member, user: renamed });
    }
    this.#events.user(renamed);
    return renamed;
  }

  guilds(): WorldGuild[] {
    return [...this.#guilds.values()];
  }

  guild(id: string): WorldGuild | undefined {
    return this.#guilds.get(id);
  }

  /** Channels of a guild, or with null: direct channels. */
  channels(guildId: string | null): WorldChannel[] {
    return [...this.#channels.values()].filter((channel) => channel.guildId === guildId);
  }

  channel(id: string): WorldChannel | undefined {
    return this.#channels.get(id);
  }

  /** Everyone but the bot. */
  users(): APIUser[] {
    return [...this.#users.values()].filter((user) => user.id !== this.#bot);
  }

  user(id: string): APIUser | undefined {
    return this.#users.get(id);
  }

  locale(userId: string): string {
    return this.#locales.get(userId) ?? 'en-US';
  }

  setLocale(userId: string, locale: string): void {
    this.#locales.set(userId, locale);
  }

  makeUser(nameOrId: string): APIUser {
    const known = this.#users.get(nameOrId) ?? this.#users.get(this.#userNames.get(nameOrId.toLowerCase()) ?? '');
    if (known) return known;
    const given = isSnowflake(nameOrId);
    return this.#addUser(given ? nameOrId : this.#ids.next(), given ? `user-${nameOrId.slice(-4)}` : nameOrId, false);
  }

  makeGuild(nameOrId: string, owner?: string): WorldGuild {
    const known = this.#guilds.get(nameOrId) ?? this.#guilds.get(this.#guildNames.get(nameOrId.toLowerCase()) ?? '');
    if (known) return known;
    const given = isSnowflake(nameOrId);
    const id = given ? nameOrId : this.#ids.next();
    const guild: WorldGuild = {
      id,
      name: given ? `Guild ${nameOrId.slice(-4)}` : nameOrId,
      ownerId: owner ?? this.users()[0]?.id ?? this.#bot,
      locale: 'en-US',
      roles: [
        role(id, '@everyone', 0, EVERYONE_PERMISSIONS),
        role(this.#ids.next(), 'Moderator', 1, EVERYONE_PERMISSIONS),
        {
          ...role(this.#ids.next(), this.bot.username, 2, BOT_PERMISSIONS),
          managed: true,
          tags: { bot_id: this.#bot },
        },
      ],
      members: new Map(),
      joinedAt: this.#clock.now(),
    };
    this.#guilds.set(id, guild);
    this.#guildNames.set(guild.name.toLowerCase(), id);
    guild.members.set(this.#bot, this.#newMember(this.bot, [guild.roles[2]!.id]));
    if (guild.ownerId !== this.#bot) guild.members.set(guild.ownerId, this.#newMember(this.user(guild.ownerId)!, []));
    const first = this.#newChannel(id, FIRST_CHANNEL, 0);
    this.#channels.set(first.id, first);
    this.#events.guild(guild);
    return guild;
  }

  makeChannel(guildId: string, nameOrId: string): WorldChannel {
    const siblings = this.channels(guildId);
    const name = nameOrId.replace(/^#/, '');
    const known = siblings.find((channel) => channel.id === name || sameName(channel.name, name));
    if (known) return known;
    const channel = this.#newChannel(guildId, name, siblings.length);
    this.#channels.set(channel.id, channel);
    this.#events.channel(channel);
    return channel;
  }

  /** The direct channel between the bot and a user. */
  direct(userId: string): WorldChannel {
    const known = this.#direct.get(userId);
    if (known) return known;
    const channel: WorldChannel = {
      id: this.#ids.next(),
      kind: 'dm',
      name: this.user(userId)?.username ?? userId,
      topic: null,
      guildId: null,
      recipientId: userId,
      position: 0,
    };
    this.#direct.set(userId, channel);
    this.#channels.set(channel.id, channel);
    this.#events.channel(channel);
    return channel;
  }

  join(guildId: string, userId: string): APIGuildMember {
    const guild = this.#guilds.get(guildId)!;
    const known = guild.members.get(userId);
    if (known) return known;
    const member = this.#newMember(this.user(userId)!, []);
    guild.members.set(userId, member);
    this.#events.member(guild, member);
    return member;
  }

  permissions(guildId: string | null, userId: string): bigint {
    const guild = guildId === null ? undefined : this.#guilds.get(guildId);
    if (!guild) return EVERYONE_PERMISSIONS;
    if (guild.ownerId === userId) return ALL_PERMISSIONS;
    const held = guild.members.get(userId)?.roles ?? [];
    return guild.roles
      .filter((each) => each.id === guild.id || held.includes(each.id))
      .reduce((sum, each) => sum | BigInt(each.permissions), 0n);
  }

  /** Finds or makes everyone and everything that an actor names. */
  place(actor: Actor): Place {
    const user = actor.user === undefined ? this.#firstUser() : this.makeUser(actor.user);
    if (actor.locale !== undefined) this.setLocale(user.id, actor.locale);
    const locale = this.locale(user.id);
    const named = actor.channel === undefined ? undefined : this.#channels.get(actor.channel);
    if (actor.guild === null || (actor.guild === undefined && named?.guildId === null)) {
      return { user, guild: null, channel: this.direct(user.id), locale };
    }
    const guild = this.makeGuild(actor.guild ?? named?.guildId ?? this.guilds()[0]?.id ?? 'Sandbox');
    this.join(guild.id, user.id);
    const channel =
      actor.channel === undefined ? this.channels(guild.id)[0]! : this.makeChannel(guild.id, actor.channel);
    return { user, guild, channel, locale };
  }

  #firstUser(): APIUser {
    return this.users()[0] ?? this.makeUser('ada');
  }

  #addUser(id: string, username: string, bot: boolean): APIUser {
    const user: APIUser = {
      id,
      username,
      discriminator: bot ? '0001' : '0',
      global_name: bot ? null : username,
      avatar: null,
      public_flags: 0 as UserFlags,
      ...(bot ? { bot } : {}),
    };
    this.#users.set(id, user);
    if (!bot) this.#userNames.set(username.toLowerCase(), id);
    this.#events.user(user);
    return user;
  }

  #newMember(user: APIUser, roles: string[]): APIGuildMember {
    return {
      user,
      nick: null,
      avatar: null,
      roles,
      joined_at: isoTime(this.#clock.now()),
      premium_since: null,
      deaf: false,
      mute: false,
      pending: false,
      flags: 0 as GuildMemberFlags,
      communication_disabled_until: null,
    };
  }

  #newChannel(guildId: string, name: string, position: number): WorldChannel {
    return { id: this.#ids.next(), kind: 'text', name, topic: null, guildId, recipientId: null, position };
  }
}

/** Times as Discord writes them. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function role(id: string, name: string, position: number, permissions: bigint): APIRole {
  return {
    id,
    name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: permissions.toString(),
    managed: false,
    mentionable: position === 1,
    flags: 0 as RoleFlags,
  };
}
