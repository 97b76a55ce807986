// The servers, one round button each, and the way to direct messages and to a new server.
import { useState } from 'preact/hooks';
import type { GuildView } from '../../src/playground/protocol.js';
import { initials } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';
import { ask } from '../state/link.js';
import { goTo, type State } from '../state/model.js';
import { current, update, useStore } from '../state/store.js';
import { NameForm } from './name-form.js';

/** The channel that was last read in each server. */
const lastRead = new Map<string, string>();

export function Rail() {
  const guilds = useStore((state) => state.guilds);
  const place = useStore((state) => state.place);
  const dm = useStore((state) => state.dm);
  const unread = useStore((state) => state.unread);
  const [adding, setAdding] = useState(false);
  if (place?.guild) lastRead.set(place.guild, place.channel);
  const unreadIn = (guild: GuildView): number =>
    guild.channels.reduce((sum, each) => sum + (unread.get(each.id) ?? 0), 0);
  return (
    <nav class="rail" aria-label="Servers">
      <ul>
        <li>
          <Place
            label="Direct messages"
            here={place?.guild === null}
            count={dm ? (unread.get(dm.id) ?? 0) : 0}
            onGo={() => dm && update((state) => goTo(state, { guild: null, channel: dm.id }))}
          >
            <Icon name="at" size={24} />
          </Place>
        </li>
        <li class="rail-divider" aria-hidden="true" />
        {guilds.map((guild) => (
          <li key={guild.id}>
            <Place
              label={guild.name}
              here={place?.guild === guild.id}
              count={unreadIn(guild)}
              onGo={() => update((state) => enterGuild(state, guild))}
            >
              {initials(guild.name)}
            </Place>
          </li>
        ))}
        <li>
          <button
            type="button"
            class="rail-button rail-add"
            aria-label="Add a server"
            title="Add a server"
            aria-expanded={adding}
            onClick={() => setAdding(!adding)}
          >
            <Icon name="plus" size={22} />
          </button>
        </li>
      </ul>
      {adding && (
        <NameForm
          label="Name of the new server"
          onCancel={() => setAdding(false)}
          onName={async (name) => {
            const id = await ask({ type: 'guild', name });
            setAdding(false);
            whenThere(String(id));
          }}
        />
      )}
    </nav>
  );
}

function enterGuild(state: State, guild: GuildView): State {
  const last = guild.channels.find((channel) => channel.id === lastRead.get(guild.id)) ?? guild.channels[0];
  return last ? goTo(state, { guild: guild.id, channel: last.id }) : state;
}

/** The new server is told of in a message of its own, which is drawn with the next frame. */
function whenThere(id: string, tries = 20): void {
  const guild = current().guilds.find((each) => each.id === id);
  if (guild) update((state) => enterGuild(state, guild));
  else if (tries > 0) requestAnimationFrame(() => whenThere(id, tries - 1));
}

interface PlaceProps {
  readonly label: string;
  readonly here: boolean;
  readonly count: number;
  readonly onGo: () => void;
  readonly children: preact.ComponentChildren;
}

function Place({ label, here, count, onGo, children }: PlaceProps) {
  return (
    <button
      type="button"
      class={`rail-button${here ? ' rail-here' : ''}${count > 0 ? ' rail-unread' : ''}`}
      aria-label={count > 0 ? `${label}, ${count} unread` : label}
      aria-current={here ? 'true' : undefined}
      title={label}
      onClick={onGo}
    >
      <span aria-hidden="true">{children}</span>
      {count > 0 && (
        <span class="badge" aria-hidden="true">
          {count > 99 ? '99+' : count}
        </span>
      )}
    </button>
  );
}
