// Asks the bot for suggestions while an option with autocomplete is being typed: after a short rest of the keys, and with
// every answer but the newest thrown away.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Suggestion } from '../../src/playground/protocol.js';
import { ask } from '../state/link.js';
import type { FromBot } from './suggestions.js';

const REST = 200;

export interface Asking {
  readonly channel: string;
  readonly name: string;
  readonly focused: string;
  readonly typed: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

export function useSuggestions(asking: Asking | undefined): FromBot {
  const [answer, setAnswer] = useState<FromBot>({ state: 'none' });
  const newest = useRef(0);
  const option = asking && `${asking.channel} ${asking.name} ${asking.focused}`;
  const asked = asking && JSON.stringify(asking);
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    newest.current += 1;
    if (!asking) {
      before.current = undefined;
      setAnswer({ state: 'none' });
      return;
    }
    const number = newest.current;
    // A field that was just opened is asked for at once, and forgets what another field was offered.
    const opened = before.current !== option;
    before.current = option;
    if (opened) setAnswer({ state: 'loading' });
    const timer = setTimeout(
      () => {
        ask({ type: 'autocomplete', ...asking }).then(
          (value) => {
            if (number === newest.current) setAnswer({ state: 'here', suggestions: value as Suggestion[] });
          },
          () => {
            if (number === newest.current) setAnswer({ state: 'failed' });
          },
        );
      },
      opened ? 0 : REST,
    );
    return () => clearTimeout(timer);
  }, [asked]);
  return answer;
}
