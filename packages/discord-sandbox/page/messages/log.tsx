// The conversation of one channel. It stays at its end while the reader is there, and never moves under a reader who is not.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MessageView } from '../../src/playground/protocol.js';
import { dayName } from '../kit/time.js';
import { useStore } from '../state/store.js';
import { Message } from './message.js';
import { FailedCommand, SendingCommand } from './pending.js';
import { rowsOf } from './rows.js';
import { Welcome } from './welcome.js';

const NEAR = 60;
const none: readonly MessageView[] = [];

export function Log({ channel, title }: { readonly channel: string; readonly title: string }) {
  const messages = useStore((state) => state.messages.get(channel) ?? none);
  const interactions = useStore((state) => state.interactions);
  const dismissed = useStore((state) => state.dismissed);
  const viewer = useStore((state) => state.viewer?.id);
  const locale = useStore((state) => state.locale);
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const pinned = useRef(true);
  const top = useRef(0);
  const rows = useMemo(() => {
    const own = interactions.filter((each) => each.channel === channel && each.user.id === viewer);
    return rowsOf(messages, own, dismissed);
  }, [messages, interactions, dismissed, channel, viewer]);

  const toEnd = (): void => {
    const element = frame.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    pinned.current = true;
    top.current = 0;
    setAway(false);
    toEnd();
  }, [channel]);
  useLayoutEffect(() => {
    if (pinned.current) toEnd();
  }, [rows]);
  useEffect(() => {
    if (!content.current || !frame.current) return;
    // Pictures arrive late and the composer grows: the end stays in view through both.
    const observer = new ResizeObserver(() => pinned.current && toEnd());
    observer.observe(content.current);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const scrolled = (): void => {
    const element = frame.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    // What was gone to as the end may no longer be it: only who goes up leaves.
    if (near || element.scrollTop < top.current) pinned.current = near;
    top.current = element.scrollTop;
    setAway(!pinned.current);
  };

  return (
    <div class="log-frame">
      <div
        ref={frame}
        class="log"
        role="log"
        aria-label={`Messages in ${title}`}
        aria-live="polite"
        aria-relevant="additions text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={scrolled}
      >
        <div ref={content} class="log-content">
          <Welcome title={title} />
          <ol class="rows">
            {rows.map((row) => (
              <li key={row.key} class="row">
                {row.kind === 'day' && (
                  <div class="day">
                    <span>{dayName(row.at, locale)}</span>
                  </div>
                )}
                {row.kind === 'message' && <Message message={row.message} joined={row.joined} />}
                {row.kind === 'sending' && <SendingCommand interaction={row.interaction} />}
                {row.kind === 'failed' && <FailedCommand interaction={row.interaction} />}
              </li>
            ))}
          </ol>
        </div>
      </div>
      {away && (
        <button
          type="button"
          class="to-end"
          onClick={() => {
            toEnd();
            frame.current?.focus();
          }}
        >
          Jump to the latest messages
        </button>
      )}
    </div>
  );
}
