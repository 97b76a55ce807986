/**
 * Finds the users, channels, roles and files that a user names, and gathers them for Discord's `resolved`.
 * One for each interaction; users who do not exist are made, channels and roles are not.
 */
import type { APIInteractionDataResolved, ChannelType } from 'discord-api-types/v10';
import { badField, type Refusal } from '../refusal.js';
import { isSnowflake } from '../snowflake.js';
import type { Directory } from './directory.js';
import type { Files } from './files.js';
import { channelPayload, resolvedChannel, resolvedMember } from './payloads.js';
import type { Place } from './types.js';

export class Resolver {
  readonly #directory: Directory;
  readonly #files: Files;
  readonly #place: Place;
  readonly #found: APIInteractionDataResolved = {};

  constructor(directory: Directory, files: Files, place: Place) {
    this.#directory = directory;
    this.#files = files;
    this.#place = place;
  }

  get resolved(): APIInteractionDataResolved {
    return this.#found;
  }

  user(named: string): string {
    const user = this.#directory.makeUser(
      bare(named) === this.#directory.bot.username ? this.#directory.bot.id : bare(named),
    );
    this.#found.users = { ...this.#found.users, [user.id]: user };
    const { guild } = this.#place;
    if (guild) {
      const member = this.#directory.join(guild.id, user.id);
      const permissions = this.#directory.permissions(guild.id, user.id);
      this.#found.members = { ...this.#found.members, [user.id]: resolvedMember(member, permissions) };
    }
    return user.id;
  }

  channel(option: string, named: string, kinds?: readonly ChannelType[]): string {
    const name = bare(named);
    const here = this.#directory.channels(this.#place.guild?.id ?? null);
    const channel = here.find((each) => each.id === name) ?? here.find((each) => each.name === name);
    if (!channel) throw fault(option, `there is no channel "${named}" here`);
    if (kinds && kinds.length > 0 && !kinds.some((kind) => kind === channelPayload(channel, this.#directory).type)) {
      throw fault(option, `channel "${named}" is of another kind than the option takes`);
    }
    const permissions = this.#directory.permissions(channel.guildId, this.#place.user.id);
    const shown = resolvedChannel(channel, permissions, this.#directory);
    this.#found.channels = { ...this.#found.channels, [channel.id]: shown };
    return channel.id;
  }

  role(option: string, named: string): string {
    const found = this.#role(named);
    if (!found) throw fault(option, `there is no role "${named}" here`);
    this.#found.roles = { ...this.#found.roles, [found.id]: found };
    return found.id;
  }

  mentionable(named: string): string {
    const role = this.#role(named);
    return role ? this.role('', named) : this.user(named);
  }

  /** An id from `upload`, or a `data:` URL. */
  attachment(option: string, named: string): string {
    const stored = isSnowflake(named) ? this.#files.get(named) : undefined;
    const attachment = stored?.attachment ?? this.#inline(option, named);
    this.#found.attachments = { ...this.#found.attachments, [attachment.id]: attachment };
    return attachment.id;
  }

  #role(named: string) {
    const name = bare(named);
    const roles = this.#place.guild?.roles ?? [];
    return roles.find((role) => role.id === name) ?? roles.find((role) => bare(role.name) === name);
  }

  #inline(option: string, url: string) {
    const match = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[^;,]*)*(;base64)?,(.*)$/s.exec(url);
    if (!match) throw fault(option, 'give the id of an uploaded file, or a data: URL');
    const [, kind = 'text/plain', base64, text = ''] = match;
    const data = base64 ? Buffer.from(text, 'base64') : Buffer.from(decodeURIComponent(text));
    const filename = `file.${kind.split('/')[1]?.replace(/\W.*$/, '') ?? 'bin'}`;
    return this.#files.store({ filename, data, contentType: kind }, 'ephemeral-attachments', this.#place.channel.id);
  }
}

/** `<@1>`, `<#1>`, `@name`, `#name` and `name` alike. */
function bare(named: string): string {
  return named.replace(/^<(?:@[!&]?|#)(\d+)>$/, '$1').replace(/^[@#](?=.)/, '');
}

function fault(option: string, message: string): Refusal {
  return badField(['options', option], 'BASE_TYPE_CHOICES', `option "${option}": ${message}`);
}
