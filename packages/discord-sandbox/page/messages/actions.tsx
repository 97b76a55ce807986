// What can be done with a message: answer it, or use one of the bot's commands for messages and users on it.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MessageView } from '../../src/playground/protocol.js';
import { nameIn } from '../composer/leaves.js';
import { Icon } from '../kit/icon.js';
import { ask } from '../state/link.js';
import { commandsAt } from '../state/model.js';
import { update, useStore } from '../state/store.js';

const ON_USER = 2;
const ON_MESSAGE = 3;

export function Actions({ message }: { readonly message: MessageView }) {
  const commands = useStore((state) => state.commands);
  const place = useStore((state) => state.place);
  const locale = useStore((state) => state.locale);
  const items = useMemo(
    () =>
      commandsAt({ commands, place })
        .filter((command) => command.type === ON_MESSAGE || command.type === ON_USER)
        .map((command) => ({
          name: command.name,
          label: nameIn(command, locale),
          about: command.type === ON_USER ? `@${message.author.displayName}` : '',
          target: command.type === ON_USER ? message.author.id : message.id,
        })),
    [commands, place, locale, message],
  );
  const answer = (): void => update((state) => ({ ...state, replyTo: message }));
  return (
    <div class="message-actions">
      {!message.ephemeral && (
        <button type="button" class="icon-button" aria-label="Reply" title="Reply" onClick={answer}>
          <Icon name="reply" size={18} />
        </button>
      )}
      {items.length > 0 && <Apps items={items} channel={message.channel} />}
    </div>
  );
}

interface App {
  readonly name: string;
  readonly label: string;
  readonly about: string;
  readonly target: string;
}

function Apps({ items, channel }: { readonly items: readonly App[]; readonly channel: string }) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (open) frame.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    const all = [...(frame.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={frame} class="apps">
      <button
        ref={trigger}
        type="button"
        class="icon-button"
        aria-label="Apps"
        title="Apps"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="bolt" size={18} />
      </button>
      {open && (
        <div class="apps-menu" role="menu" aria-label="Apps" tabIndex={-1} onKeyDown={keys}>
          {items.map((item) => (
            <button
              key={`${item.name} ${item.about}`}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="apps-item"
              onClick={() => {
                close();
                ask({ type: 'menu', channel, name: item.name, target: item.target }).catch(() => undefined);
              }}
            >
              {item.label}
              {item.about && <span class="select-description">{item.about}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
