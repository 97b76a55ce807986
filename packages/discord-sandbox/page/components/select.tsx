// A select menu: a button that opens a list, worked by mouse or arrows, space, Enter, Escape and the letters of a name.
import type { APISelectMenuComponent } from 'discord-api-types/v10';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.js';
import { useIdentity } from '../kit/identity.js';
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

const LIST_HEIGHT = 270;

interface SelectProps {
  readonly menu: APISelectMenuComponent;
  readonly busy?: boolean;
  readonly label?: string;
  readonly id?: string;
  readonly onChoose: (values: readonly string[]) => void;
}

export function Select({ menu, busy = false, label, id, onChoose }: SelectProps) {
  const most = menu.max_values ?? 1;
  const least = menu.min_values ?? 1;
  const [open, setOpen] = useState<'no' | 'down' | 'up'>('no');
  const [chosen, setChosen] = useState(() => chosenAtFirst(menu));
  const opened = useRef(chosen);
  const frame = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const users = useStore((state) => state.users);
  const guilds = useStore((state) => state.guilds);
  const choices = useMemo(() => choicesOf(menu, current()), [menu, users, guilds]);
  const list = useIdentity('list');

  const show = (): void => {
    if (busy) return;
    opened.current = chosen;
    setOpen(roomBelow(trigger.current) ? 'down' : 'up');
  };
  const hide = (values: readonly string[], focus: boolean): void => {
    setOpen('no');
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
    if (open === 'no') return;
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
        {...(id === undefined ? {} : { id })}
        type="button"
        class="select-button"
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={open !== 'no'}
        aria-controls={list}
        aria-busy={busy}
        aria-label={label ?? menu.placeholder ?? 'Make a selection'}
        disabled={menu.disabled === true}
        onClick={() => (open === 'no' ? show() : hide(chosen, true))}
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
      {open !== 'no' && (
        <SelectList
          id={list}
          up={open === 'up'}
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

/** A list that would reach below what it scrolls in opens upwards. */
function roomBelow(element: HTMLElement | null): boolean {
  const frame = element?.closest('.log, .modal-fields') ?? document.documentElement;
  return !element || frame.getBoundingClientRect().bottom - element.getBoundingClientRect().bottom > LIST_HEIGHT;
}

interface ListProps {
  readonly id: string;
  readonly up: boolean;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly many: boolean;
  readonly onToggle: (value: string) => void;
  readonly onClose: () => void;
}

function SelectList({ id, up, choices, chosen, many, onToggle, onClose }: ListProps) {
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      choices.findIndex((choice) => chosen.includes(choice.value)),
    ),
  );
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current?.focus(), []);
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
    <div
      ref={list}
      id={id}
      class={up ? 'select-list select-up' : 'select-list'}
      role="listbox"
      tabIndex={-1}
      aria-multiselectable={many}
      aria-activedescendant={`${id}-${active}`}
      onKeyDown={keys}
    >
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are read by the list
        <div
          key={choice.value}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={chosen.includes(choice.value)}
          class={index === active ? 'select-option select-option-active' : 'select-option'}
          onClick={() => onToggle(choice.value)}
          onPointerMove={() => setActive(index)}
        >
          {choice.emoji && <span aria-hidden="true">{choice.emoji}</span>}
          <span class="select-texts">
            <span>{choice.label}</span>
            {choice.description && <span class="select-description">{choice.description}</span>}
          </span>
          {chosen.includes(choice.value) && <Icon name="check" size={18} />}
        </div>
      ))}
      {choices.length === 0 && <p class="select-empty">Nothing to choose here</p>}
    </div>
  );
}
