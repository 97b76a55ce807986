// The composer's keys: arrows and Tab and Enter in the list, history above it, Escape to close it. Returns whether the
// key was used; an unused Tab leaves the composer as everywhere else.

import { openOption } from './edits.js';
import { missing } from './line.js';
import type { Composer } from './use-composer.js';

export function pressKey(event: KeyboardEvent, composer: Composer, send: () => void): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case 'Enter':
      if (event.shiftKey) return false;
      enter(composer, send);
      return true;
    case 'Tab':
      return !event.shiftKey && composer.open && tab(composer);
    case 'ArrowUp':
      return arrow(composer, -1, event.currentTarget as HTMLTextAreaElement);
    case 'ArrowDown':
      return arrow(composer, 1, event.currentTarget as HTMLTextAreaElement);
    case 'Escape':
      if (!composer.open) return false;
      composer.set({ hidden: true, active: -1 });
      return true;
    case 'Backspace': {
      const field = event.currentTarget as HTMLTextAreaElement;
      return field.selectionStart === field.selectionEnd && composer.erase();
    }
    default:
      return false;
  }
}

function enter(composer: Composer, send: () => void): void {
  const { open, offer, active } = composer;
  const item = open ? (offer.items[active] ?? (offer.eager ? offer.items[0] : undefined)) : undefined;
  if (item) composer.accept(item);
  else send();
}

function tab(composer: Composer): boolean {
  const { offer, active, line, span, draft, locale } = composer;
  const chosen = offer.items[active];
  if (chosen) {
    composer.accept(chosen);
    return true;
  }
  const first = offer.items[0];
  const wantsFirst = first?.kind === 'command' || (first?.kind === 'value' && (offer.eager || !isPicked(composer)));
  if (first && wantsFirst) {
    composer.accept(first);
    return true;
  }
  if (line.kind !== 'command' || (span && span.value === '')) return false;
  const next = missing(line).find((option) => option.required);
  if (next) {
    composer.write(openOption(draft, next, locale));
    return true;
  }
  const optional = offer.items.findIndex((item) => item.kind === 'option');
  if (optional === -1) return false;
  composer.set({ active: optional });
  return true;
}

function isPicked({ span, picks }: Composer): boolean {
  return span !== undefined && picks.get(span.option.name)?.text === span.value;
}

function arrow(composer: Composer, by: -1 | 1, field: HTMLTextAreaElement): boolean {
  const { open, offer, active, draft } = composer;
  if (open && offer.items.length > 0) {
    const count = offer.items.length;
    // From nowhere the first step goes to the first or the last; an eager list shows its first one already.
    const from = active === -1 ? (offer.eager ? 0 : by === 1 ? -1 : 0) : active;
    composer.set({ active: (from + by + count) % count });
    return true;
  }
  const onEdge =
    by === -1
      ? !draft.text.slice(0, field.selectionStart).includes('\n')
      : !draft.text.slice(field.selectionEnd).includes('\n');
  return onEdge && composer.recall(by);
}
