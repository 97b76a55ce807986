// Where one can go, with what waits there, and who looks.

import { useEffect, useRef } from 'preact/hooks';
import { Doing } from '../kit/doing.js';
import { addressOf, type View, views } from '../state/place.js';
import { type Known, signOut } from '../state/store.js';

interface NavigationProps {
  readonly known: Known;
  readonly view: View;
  readonly titles: Readonly<Record<View, string>>;
}

export function Navigation({ known, view, titles }: NavigationProps) {
  const { me, state } = known;
  const list = useRef<HTMLUListElement>(null);
  // On narrow screens the list is longer than the screen.
  useEffect(() => {
    const current = list.current?.querySelector(`[href="${addressOf(view)}"]`);
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [view]);
  const waiting = state?.tickets.filter((each) => each.state === 'waiting').length ?? 0;
  return (
    <header class="side">
      <p class="brand">
        <span class="mark" aria-hidden="true" />
        <span>
          Page gateway <small>{me?.version}</small>
        </span>
      </p>
      <nav aria-label="Views">
        <ul ref={list}>
          {views.map((each) => (
            <li key={each}>
              <a href={addressOf(each)} aria-current={each === view ? 'page' : undefined}>
                {titles[each]}
                {each === 'tickets' && waiting > 0 && (
                  <span class="count">
                    {waiting}
                    <span class="visually-hidden"> waiting</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="who">
        <p class="link-state">
          <span class={`dot ${known.link}`} aria-hidden="true" />
          {known.link === 'up' ? 'Live' : known.link === 'lost' ? 'Away' : 'Connecting'}
        </p>
        {me?.open ? (
          <p class="dim">No key is configured: only this machine is served.</p>
        ) : (
          <p>
            <span class="dim">Signed in as</span> <b>{me?.name}</b> <Doing run={signOut}>Sign out</Doing>
          </p>
        )}
        <p class="outside">
          <a href="/docs/" target="_blank" rel="noreferrer">
            API
          </a>{' '}
          <a href="/metrics" target="_blank" rel="noreferrer">
            Metrics
          </a>
        </p>
      </div>
    </header>
  );
}
