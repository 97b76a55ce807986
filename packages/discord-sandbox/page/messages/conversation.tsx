// The middle of the page: where we are, what was said, who is typing, and the composer.
import { ComposerView } from '../composer/composer.js';
import { Icon } from '../kit/icon.js';
import { useStore } from '../state/store.js';
import { Log } from './log.js';
import { TypingLine } from './typing.js';

interface ConversationProps {
  readonly inert: boolean;
  readonly inspector: boolean;
  readonly onMenu: () => void;
  readonly onInspector: () => void;
}

export function Conversation({ inert, inspector, onMenu, onInspector }: ConversationProps) {
  const place = useStore((state) => state.place);
  const guild = useStore((state) => state.guilds.find((each) => each.id === state.place?.guild));
  const dm = useStore((state) => state.dm);
  const bot = useStore((state) => state.bot);
  if (!place) return null;
  const channel = guild?.channels.find((each) => each.id === place.channel) ?? dm;
  if (!channel) return null;
  const direct = place.guild === null;
  const title = direct ? `@${channel.name}` : `#${channel.name}`;
  return (
    <main id="conversation" class="conversation" inert={inert} tabIndex={-1}>
      <header class="top">
        <button type="button" class="icon-button menu-button" aria-label="Servers and channels" onClick={onMenu}>
          <Icon name="menu" />
        </button>
        <span class="top-sign">
          <Icon name={direct ? 'at' : 'hash'} size={22} />
        </span>
        <h2 class="top-title">{channel.name}</h2>
        {channel.topic && <p class="top-topic">{channel.topic}</p>}
        <p class={bot.connected ? 'bot-state bot-on' : 'bot-state'} role="status">
          <span class="bot-dot" aria-hidden="true" />
          <span class="bot-words">
            {bot.user ? bot.user.displayName : 'The bot'} {bot.connected ? 'is connected' : 'is not connected'}
          </span>
        </p>
        <button
          type="button"
          class={inspector ? 'icon-button icon-on' : 'icon-button'}
          aria-label="Inspector"
          aria-pressed={inspector}
          title="Inspector"
          onClick={onInspector}
        >
          <Icon name="pulse" />
        </button>
      </header>
      <Log channel={channel.id} title={title} />
      <div class="bottom">
        <ComposerView key={channel.id} channel={channel.id} title={title} />
        <TypingLine channel={channel.id} />
      </div>
    </main>
  );
}
