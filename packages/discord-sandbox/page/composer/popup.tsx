// What stands over the composer while a command is typed: the command, its options, help for the one being typed, and the
// list to choose from.
import { useEffect, useRef } from 'preact/hooks';
import { Avatar } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';
import { useStore } from '../state/store.js';
import { KIND, kindWord } from './kinds.js';
import { descriptionIn, nameIn } from './leaves.js';
import { showsProblem } from './mirror.js';
import { type Item, labelOf } from './suggestions.js';
import type { Composer } from './use-composer.js';
import { expectation } from './values.js';

interface PopupProps {
  readonly composer: Composer;
  readonly list: string;
  readonly onFile: () => void;
}

export function Popup({ composer, list, onFile }: PopupProps) {
  const { line, offer, draft } = composer;
  const naming = line.kind === 'naming' || (line.kind === 'command' && line.headEnd === draft.text.length);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the focus where it is
    <div class="popup" onMouseDown={(event) => event.preventDefault()}>
      {naming ? <p class="popup-title">Commands</p> : <CommandHead composer={composer} onFile={onFile} />}
      {offer.note && (
        <p class="popup-note" role="status">
          {offer.note}
        </p>
      )}
      <Items composer={composer} list={list} />
      <p class="visually-hidden" role="status">
        {offer.items.length === 0 ? '' : `${offer.items.length} suggestions`}
      </p>
    </div>
  );
}

function CommandHead({ composer, onFile }: Pick<PopupProps, 'composer' | 'onFile'>) {
  const { line, span, locale, problems } = composer;
  if (line.kind !== 'command') return null;
  const wrong = span && showsProblem(composer, span.option.name) ? problems.get(span.option.name) : undefined;
  return (
    <div class="popup-head">
      <p class="popup-command">
        <span class="popup-name">/{line.leaf.title}</span>
        <span class="popup-description">{line.leaf.description}</span>
      </p>
      {line.leaf.options.length > 0 && <Options composer={composer} />}
      {span && (
        <p class="popup-help" id="composer-help">
          <span class="popup-option">{nameIn(span.option, locale)}</span>
          <span class="kind">{kindWord(span.option.type)}</span>
          {span.option.required && <span class="kind kind-required">required</span>}
          {expectation(span.option) && <span class="kind">{expectation(span.option)}</span>}
          <span class="popup-description">{descriptionIn(span.option, locale)}</span>
        </p>
      )}
      {span?.option.type === KIND.attachment && (
        <button type="button" class="button button-secondary" onClick={onFile}>
          <Icon name="file" size={18} />
          {span.value === '' ? 'Choose a file' : 'Choose another file'}
        </button>
      )}
      {wrong && (
        <p class="popup-problem" id="composer-problem" role="alert">
          <Icon name="warning" size={16} />
          {wrong}
        </p>
      )}
    </div>
  );
}

/** Every option of the command at a glance: given, being typed, wrong, still required. */
function Options({ composer }: Pick<PopupProps, 'composer'>) {
  const { line, span, locale } = composer;
  if (line.kind !== 'command') return null;
  return (
    <ul class="chips" aria-label="Options of this command">
      {line.leaf.options.map((option) => {
        const own = line.spans.find((each) => each.option === option);
        const wrong = showsProblem(composer, option.name);
        const state = wrong ? 'wrong' : own === span && own ? 'active' : own ? 'given' : 'open';
        const words = `${nameIn(option, locale)}, ${kindWord(option.type)}${option.required ? ', required' : ''}${own ? ', given' : ''}`;
        const go = (): void => {
          if (own) composer.set({ draft: { ...composer.draft, caret: own.end } });
          else composer.accept({ kind: 'option', key: option.name, option });
        };
        return (
          <li key={option.name}>
            <button type="button" tabIndex={-1} class={`chip chip-${state}`} aria-label={words} onClick={go}>
              {nameIn(option, locale)}
              {option.required && <span class="required">*</span>}
              {own && !wrong && own.value !== '' && <Icon name="check" size={13} />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Items({ composer, list }: Pick<PopupProps, 'composer' | 'list'>) {
  const { offer, active, locale } = composer;
  const frame = useRef<HTMLDivElement>(null);
  const shown = active === -1 && offer.eager ? 0 : active;
  useEffect(() => {
    if (active >= 0) frame.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const firstOption = offer.items.findIndex((item) => item.kind === 'option');
  return (
    <div ref={frame} id={list} class="items" role="listbox" aria-label="Suggestions">
      {offer.items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are read by the field that owns the list
        <div
          key={item.key}
          id={`${list}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === shown}
          aria-label={labelOf(item, locale)}
          class={`item item-${item.kind}${index === shown ? ' item-active' : ''}${index === firstOption && index > 0 ? ' item-divided' : ''}`}
          onClick={() => composer.accept(item)}
          onPointerMove={() => active !== index && composer.set({ active: index })}
        >
          <ItemView item={item} locale={locale} />
        </div>
      ))}
    </div>
  );
}

function ItemView({ item, locale }: { readonly item: Item; readonly locale: string }) {
  const bot = useStore((state) => state.bot.user);
  if (item.kind === 'value') return <span class="item-name">{item.name}</span>;
  if (item.kind === 'option') {
    return (
      <>
        <span class="item-name">
          {nameIn(item.option, locale)}
          {item.option.required && <span class="required">*</span>}
        </span>
        <span class="kind">{kindWord(item.option.type)}</span>
        <span class="item-description">{descriptionIn(item.option, locale)}</span>
      </>
    );
  }
  return (
    <>
      <Avatar name={bot?.displayName ?? 'bot'} bot size={28} />
      <span class="item-texts">
        <span class="item-name">
          /{item.leaf.title}
          {item.leaf.options.slice(0, 4).map((option) => (
            <span key={option.name} class="item-parameter">
              {nameIn(option, locale)}
              {option.required && <span class="required">*</span>}
            </span>
          ))}
        </span>
        <span class="item-description">{item.leaf.description}</span>
      </span>
      <span class="item-bot">{bot?.displayName}</span>
    </>
  );
}
