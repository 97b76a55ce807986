// The viewer's own commands before the bot has acknowledged them, and those that it never did.
import type { InteractionView } from '../../src/playground/protocol.js';
import { Avatar } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';
import { update, useStore } from '../state/store.js';
import { BotTag, CauseLine } from './lines.js';

export function SendingCommand({ interaction }: { readonly interaction: InteractionView }) {
  return (
    <Pending interaction={interaction}>
      <p class="thinking">
        <span class="dots" aria-hidden="true" />
        Sending command…
      </p>
    </Pending>
  );
}

export function FailedCommand({ interaction }: { readonly interaction: InteractionView }) {
  const dismiss = (): void =>
    update((state) => ({ ...state, dismissed: new Set(state.dismissed).add(interaction.id) }));
  return (
    <Pending interaction={interaction}>
      <p class="failure">
        <Icon name="warning" size={18} />
        {interaction.failure ?? 'The application did not respond'}
      </p>
      <p class="ephemeral-note">
        <Icon name="eye" size={16} />
        <span>Only you can see this</span>
        <span aria-hidden="true">·</span>
        <button type="button" class="link-button" onClick={dismiss}>
          Dismiss message
        </button>
      </p>
    </Pending>
  );
}

function Pending({
  interaction,
  children,
}: {
  readonly interaction: InteractionView;
  readonly children: preact.ComponentChildren;
}) {
  const bot = useStore((state) => state.bot.user);
  const name = bot?.displayName ?? 'The bot';
  return (
    <article class="message message-ephemeral" aria-label={`${name}, answer to /${interaction.name}`}>
      <CauseLine cause={{ user: interaction.user, name: interaction.name, kind: 'command' }} />
      <div class="message-side">
        <Avatar name={name} bot />
      </div>
      <div class="message-body">
        <header class="message-head">
          <span class="author author-bot">{name}</span>
          <BotTag />
        </header>
        {children}
      </div>
    </article>
  );
}
