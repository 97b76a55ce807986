// Beside the conversation: what happened to each interaction, how the bot's session is doing, and faults to try.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.js';
import { remember, remembered } from '../state/remembered.js';
import { FaultsPanel } from './faults.js';
import { SessionPanel } from './session.js';
import { Timeline } from './timeline.js';

const TABS = [
  { id: 'timeline', name: 'Timeline', Panel: Timeline },
  { id: 'session', name: 'Session', Panel: SessionPanel },
  { id: 'faults', name: 'Faults', Panel: FaultsPanel },
] as const;

export function Inspector({ onClose }: { readonly onClose: () => void }) {
  const [chosen, setChosen] = useState<string>(() => remembered('tab'));
  const at = Math.max(
    0,
    TABS.findIndex((each) => each.id === chosen),
  );
  const tab = TABS[at]!;
  const tabs = useRef<HTMLDivElement>(null);
  const choose = (index: number): void => {
    const next = TABS[(index + TABS.length) % TABS.length]!;
    remember('tab', next.id);
    setChosen(next.id);
    tabs.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    // As a sheet over the conversation it takes the keyboard along.
    if (frame.current && getComputedStyle(frame.current).position === 'fixed') {
      tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    }
  }, []);
  return (
    <aside ref={frame} class="inspector" aria-label="Inspector">
      <header class="inspector-head">
        <div
          ref={tabs}
          class="tabs"
          role="tablist"
          aria-label="Inspector"
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') choose(at + 1);
            else if (event.key === 'ArrowLeft') choose(at - 1);
            else return;
            event.preventDefault();
          }}
        >
          {TABS.map((each, index) => (
            <button
              key={each.id}
              id={`tab-${each.id}`}
              type="button"
              class="tab"
              role="tab"
              aria-selected={index === at}
              aria-controls="inspector-panel"
              tabIndex={index === at ? 0 : -1}
              onClick={() => choose(index)}
            >
              {each.name}
            </button>
          ))}
        </div>
        <button type="button" class="icon-button" aria-label="Close the inspector" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div id="inspector-panel" class="inspector-panel" role="tabpanel" aria-labelledby={`tab-${tab.id}`} tabIndex={0}>
        <tab.Panel />
      </div>
    </aside>
  );
}
