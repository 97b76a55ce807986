// The beginning of every channel: what this place is, and what can be typed in it.
import { useMemo } from 'preact/hooks';
import { compose } from '../composer/drafts.js';
import { leavesOf } from '../composer/leaves.js';
import { Icon } from '../kit/icon.js';
import { commandsAt } from '../state/model.js';
import { useStore } from '../state/store.js';

const SHOWN = 8;

export function Welcome({ title }: { readonly title: string }) {
  const commands = useStore((state) => state.commands);
  const place = useStore((state) => state.place);
  const locale = useStore((state) => state.locale);
  const bot = useStore((state) => state.bot);
  const leaves = useMemo(
    () => leavesOf(commandsAt({ commands, place }), locale).slice(0, SHOWN),
    [commands, place, locale],
  );
  const name = title.replace(/^[#@]/, '');
  return (
    <section class="welcome" aria-label="Welcome">
      <span class="welcome-sign">
        <Icon name={place?.guild === null ? 'at' : 'hash'} size={36} />
      </span>
      <h2>{place?.guild === null ? name : `Welcome to #${name}`}</h2>
      <p>
        {place?.guild === null
          ? `This is the beginning of your direct messages with ${name}.`
          : 'This is a Discord of your own, on this machine. Whatever you try here stays here.'}
      </p>
      {leaves.length > 0 ? (
        <ul class="welcome-commands" aria-label="Commands to try">
          {leaves.map((leaf) => (
            <li key={leaf.title}>
              <button type="button" class="welcome-command" onClick={() => compose(`/${leaf.title} `)}>
                <span class="welcome-name">/{leaf.title}</span>
                <span class="welcome-text">{leaf.description}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="welcome-waiting">
          {bot.connected
            ? 'The bot is here, and has no commands in this place.'
            : 'No bot is connected yet: start one with this sandbox’s rest options and token.'}
        </p>
      )}
    </section>
  );
}
