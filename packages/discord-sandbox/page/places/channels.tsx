// The channels of the server that is open, or the direct message with the bot.
import { useState } from 'preact/hooks';
import { Avatar } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';
import { ask } from '../state/link.js';
import { goTo } from '../state/model.js';
import { update, useStore } from '../state/store.js';
import { NameForm } from './name-form.js';

export function Channels({ onChoose }: { readonly onChoose: () => void }) {
  const place = useStore((state) => state.place);
  const guild = useStore((state) => state.guilds.find((each) => each.id === state.place?.guild));
  const dm = useStore((state) => state.dm);
  const bot = useStore((state) => state.bot);
  const unread = useStore((state) => state.unread);
  const [adding, setAdding] = useState(false);
  const go = (channel: string): void => {
    update((state) => goTo(state, { guild: guild?.id ?? null, channel }));
    onChoose();
  };
  return (
    <nav class="channels" aria-label={guild ? `Channels of ${guild.name}` : 'Direct messages'}>
      <h1 class="sidebar-title">{guild?.name ?? 'Direct messages'}</h1>
      <div class="channels-scroll">
        {guild && (
          <div class="channels-head">
            <h2>Text channels</h2>
            <button
              type="button"
              class="icon-button icon-small"
              aria-label="Add a channel"
              aria-expanded={adding}
              onClick={() => setAdding(!adding)}
            >
              <Icon name="plus" size={16} />
            </button>
          </div>
        )}
        {guild && adding && (
          <NameForm
            label="Name of the new channel"
            onCancel={() => setAdding(false)}
            onName={async (name) => {
              await ask({ type: 'channel', guild: guild.id, name: name.toLowerCase().replace(/\s+/g, '-') });
              setAdding(false);
            }}
          />
        )}
        <ul>
          {guild?.channels.map((channel) => (
            <Channel
              key={channel.id}
              name={channel.name}
              here={place?.channel === channel.id}
              count={unread.get(channel.id) ?? 0}
              onGo={() => go(channel.id)}
            >
              <Icon name="hash" size={18} />
            </Channel>
          ))}
          {!guild && dm && (
            <Channel
              name={dm.name}
              here={place?.channel === dm.id}
              count={unread.get(dm.id) ?? 0}
              onGo={() => go(dm.id)}
            >
              <span class="presence-frame">
                <Avatar name={dm.name} bot size={30} />
                <span class={bot.connected ? 'presence presence-on' : 'presence'} />
              </span>
            </Channel>
          )}
        </ul>
      </div>
    </nav>
  );
}

interface ChannelProps {
  readonly name: string;
  readonly here: boolean;
  readonly count: number;
  readonly onGo: () => void;
  readonly children: preact.ComponentChildren;
}

function Channel({ name, here, count, onGo, children }: ChannelProps) {
  return (
    <li>
      <button
        type="button"
        class={`channel${here ? ' channel-here' : ''}${count > 0 ? ' channel-unread' : ''}`}
        aria-current={here ? 'page' : undefined}
        aria-label={count > 0 ? `${name}, ${count} unread` : name}
        onClick={onGo}
      >
        {children}
        <span class="channel-name">{name}</span>
        {count > 0 && <span class="badge">{count > 99 ? '99+' : count}</span>}
      </button>
    </li>
  );
}
