/** What /watch and /feed have in common: start with an address, list without one, stop one that runs. */
import { type Command, command, slash } from '@errand/discord';
import { type ChatInputCommandInteraction, MessageFlags, PermissionFlagsBits } from 'discord.js';
import { addressFrom, shownAddress } from '../address.js';
import { SubscriptionRefused, type Subscriptions } from '../background/subscriptions.js';
import { DocumentError } from '../documents/read.js';
import type { Intervals } from '../settings.js';
import { linkTo, plain, shorten } from '../text.js';

interface Wording {
  readonly name: string;
  readonly description: string;
  readonly started: string;
}

export function subscriptionCommand<State extends { title: string }>(
  { name, description, started }: Wording,
  subscriptions: Subscriptions<State>,
  intervals: Intervals,
): Command {
  const said = (content: string) => ({ content, flags: MessageFlags.Ephemeral });
  const find = (interaction: ScopeSource) => subscriptions.list(scopeOf(interaction));

  return command({
    data: slash(name, description)
      .string('url', 'The address to begin with; nothing: show what runs', { max: 1000 })
      .integer('every', 'How often to look', { choices: intervals.choices })
      .string('stop', 'One of those that run, to end it', { autocomplete: true }),

    async execute(interaction, web, { url: typed, every = intervals.standard, stop }) {
      const running = find(interaction);
      if (stop !== undefined) {
        const ended = running.find(({ id, url }) => id === stop || url === stop);
        if (ended === undefined) return said(`There is none like that here. \`/${name}\` shows what runs.`);
        await subscriptions.remove(ended.id);
        return `Stopped: ${linkTo(ended.state.title, ended.url)}`;
      }
      if (typed === undefined) return said(listOf(running, name));

      const url = shownAddress(addressFrom(typed));
      const { channelId: channel, locale } = interaction;
      if (!mayPost(interaction))
        return said('I may not send messages with embeds in this channel. Please allow me to.');
      try {
        const place = { scope: scopeOf(interaction), channel, locale, url, every: every * 1000 };
        const { state } = await subscriptions.add(web, place);
        return `${started} ${linkTo(state.title, url)}, ${timesOf(every, intervals)}. \`/${name}\` shows and ends what runs.`;
      } catch (error) {
        if (error instanceof DocumentError || error instanceof SubscriptionRefused) return said(error.message);
        throw error;
      }
    },

    async autocomplete(interaction) {
      const typed = String(interaction.options.getFocused()).toLowerCase();
      const fitting = find(interaction).filter(({ url, state }) =>
        `${url} ${state.title}`.toLowerCase().includes(typed),
      );
      return fitting.map(({ id, url }) => ({ name: shorten(url, 100), value: id }));
    },
  });
}

type ScopeSource = Pick<ChatInputCommandInteraction, 'guildId' | 'user'>;

const scopeOf = ({ guildId, user }: ScopeSource): string => guildId ?? user.id;

const timesOf = (seconds: number, { choices }: Intervals): string =>
  (choices.find(({ value }) => value === seconds)?.name ?? `every ${seconds} seconds`).toLowerCase();

function listOf(running: ReturnType<Subscriptions<{ title: string }>['list']>, name: string): string {
  if (running.length === 0) return `Nothing runs here. \`/${name} url:\` begins one.`;
  const lines = running.map(({ state, url, channel, dueAt, failures }) => {
    const trouble = failures > 0 ? `, failed ${failures} times` : '';
    return `• ${linkTo(state.title, url, 60)} in <#${plain(channel)}>, next look <t:${Math.ceil(dueAt / 1000)}:R>${trouble}`;
  });
  return [...lines, `\`/${name} stop:\` ends one.`].join('\n');
}

function mayPost({ guildId, appPermissions }: ChatInputCommandInteraction): boolean {
  const needed = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.SendMessages, PermissionFlagsBits.EmbedLinks];
  return guildId === null || appPermissions.has(needed);
}
