// A select menu: a button that opens a list, worked by mouse or arrows, space, Enter, Escape and the letters of a name.
import type { APISelectMenuComponent } from 'discord-api-types/v10';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.js';
import { current, useStore } from '../state/store.js';
import { InteractionFailed } from './button.js';
import { type Choice, choicesOf, chosenAtFirst } from './choices.js';
import { usePressing } from './pressing.js';

export function MessageSelect({ menu, message }: { readonly menu: APISelectMenuComponent; readonly message: string }) {
  const { pressed, press } = usePressing(message, menu.custom_id);
  return (
    <>
      <Select menu={menu} busy={pressed === 'waiting'} onChoose={press} />
      {pressed === 'failed' && <InteractionFailed />}
    </>
  );
}

interface SelectProps {
  readonly menu: APISelectMenuComponent;
  readonly busy?: boolean;
  readonly label?: string;
  readonly onChoose: (values: readonly string[]) => void;
}

export function Select({ menu, busy = false, label, onChoose }: SelectProps) {
  const most = menu.max_values ?? 1;
  const least = menu.min_values ?? 1;
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(() => chosenAtFirst(menu));
  const opened = useRef(chosen);
  const frame = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const users = useStore((state) => state.users);
  const guilds = useStore((state) => state.guilds);
  const choices = useMemo(() => choicesOf(menu, current()), [menu, users, guilds]);
  const list = useId();

  const show = (): void => {
    opened.current = chosen;
    setOpen(true);
  };
  const hide = (values: readonly string[], focus: boolean): void => {
    setOpen(false);
    if (focus) trigger.current?.focus();
    const changed = values.length !== opened.current.length || values.some((value) => !opened.current.includes(value));
    if (changed && values.length >= least) onChoose(values);
    else if (values.length < least) setChosen(opened.current);
  };
  const toggle = (value: string): void => {
    if (most === 1) {
      setChosen([value]);
      opened.current = [];
      hide([value], true);
      return;
    }
    setChosen((before) =>
      before.includes(value)
        ? before.filter((each) => each !== value)
        : before.length < most
          ? [...before, value]
          : before,
    );
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (!frame.current?.contains(event.target as Node)) hide(chosen, false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  });

  const names = choices.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.label);
  return (
    <div class="select" ref={frame}>
      <button
        ref={trigger}
        type="button"
        class="select-button"
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={list}
        aria-busy={busy}
        aria-label={label ?? menu.placeholder ?? 'Make a selection'}
        disabled={menu.disabled === true || busy}
        onClick={() => (open ? hide(chosen, true) : show())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          show();
        }}
      >
        <span class={names.length > 0 ? 'select-chosen' : 'select-placeholder'}>
          {names.length > 0 ? names.join(', ') : (menu.placeholder ?? 'Make a selection')}
        </span>
        {busy ? <span class="dots dots-small" aria-hidden="true" /> : <Icon name="chevron" size={18} />}
      </button>
      {open && (
        <SelectList
          id={list}
          choices={choices}
          chosen={chosen}
          many={most > 1}
          onToggle={toggle}
          onClose={() => hide(chosen, true)}
        />
      )}
    </div>
  );
}

interface ListProps {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly many: boolean;
  readonly onToggle: (value: string) => void;
  readonly onClose: () => void;
}

function SelectList({ id, choices, chosen, many, onToggle, onClose }: ListProps) {
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      choices.findIndex((choice) => chosen.includes(choice.value)),
    ),
  );
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.focus(), []);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const keys = (event: KeyboardEvent): void => {
    const last = choices.length - 1;
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, last));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(last);
    else if (event.key === 'Enter' || event.key === ' ') {
      const choice = choices[active];
      if (choice) onToggle(choice.value);
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      onClose();
      if (event.key === 'Tab') return;
    } else {
      const start = event.key.length === 1 ? event.key.toLowerCase() : undefined;
      const found = choices.findIndex(
        (choice) => start && choice.label.toLowerCase().replace(/^[@#]/, '').startsWith(start),
      );
      if (found === -1) return;
      setActive(found);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ul
      ref={list}
      id={id}
      class="select-list"
      role="listbox"
      tabIndex={-1}
      aria-multiselectable={many}
      aria-activedescendant={`${id}-${active}`}
      onKeyDown={keys}
    >
      {choices.map((choice, index) => (
        <li
          key={choice.value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={chosen.includes(choice.value)}
          class={index === active ? 'select-option select-option-active' : 'select-option'}
          onClick={() => onToggle(choice.value)}
          onPointerMove={() => setActive(index)}
        >
          {choice.emoji && <span class="button-emoji">{choice.emoji}</span>}
          <span class="select-texts">
            <span>{choice.label}</span>
            {choice.description && <span class="select-description">{choice.description}</span>}
          </span>
          {chosen.includes(choice.value) && <Icon name="check" size={18} />}
        </li>
      ))}
      {choices.length === 0 && <li class="select-empty">Nothing to choose here</li>}
    </ul>
  );
}
