// The frame: where one can go, how the service is, and the view that was chosen.
import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Requests } from '../requests/requests.js';
import { Hosts } from '../rooms/hosts.js';
import { Jobs } from '../rooms/jobs.js';
import { Keys } from '../rooms/keys.js';
import { Proxies } from '../rooms/proxies.js';
import { Sessions } from '../rooms/sessions.js';
import { type Place, usePlace, type View } from '../state/place.js';
import { type Known, useKnown } from '../state/store.js';
import { Tickets } from '../tickets/tickets.js';
import { Trial } from '../trial/trial.js';
import { Navigation } from './navigation.js';
import { SignInForm } from './sign-in-form.js';

const titles: Record<View, string> = {
  requests: 'Requests',
  try: 'Try a page',
  hosts: 'Hosts',
  proxies: 'Proxies',
  sessions: 'Sessions',
  jobs: 'Jobs',
  tickets: 'Tickets',
  keys: 'Keys',
};

export function App() {
  const known = useKnown();
  const place = usePlace();
  const { me, link } = known;
  if (me === undefined)
    return (
      <p class="starting">
        {link === 'lost' ? (known.refused ?? 'The service is away; trying again …') : 'Starting …'}
      </p>
    );
  if (me.name === null) return <SignInForm version={me.version} />;
  return <Frame known={known} place={place} />;
}

function Frame({ known, place }: { known: Known; place: Place }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  const { view } = place;
  // Before the view is painted: a key that follows at once is meant for what stands there.
  useLayoutEffect(() => {
    document.title = `${titles[view]} · Page gateway`;
    // Who goes elsewhere by keyboard begins at its top.
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [view]);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => heading.current?.focus()}>
        Skip to the view
      </button>
      <Navigation known={known} view={view} titles={titles} />
      <main id="main">
        <h1 ref={heading} tabIndex={-1}>
          {titles[view]}
        </h1>
        <p class={known.link === 'lost' ? 'away' : 'visually-hidden'} role="status">
          {known.link === 'lost' ? 'The service is away. What you see may be old; it is tried again.' : ''}
        </p>
        {viewOf(place, known)}
      </main>
    </div>
  );
}

function viewOf({ view, item }: Place, { state, calls, held }: Known): ComponentChild {
  if (view === 'try') return <Trial calls={calls} />;
  if (state === undefined) return <p class="dim">Waiting for the service …</p>;
  switch (view) {
    case 'requests':
      return <Requests state={state} calls={calls} held={held} />;
    case 'hosts':
      return <Hosts hosts={state.hosts} />;
    case 'proxies':
      return <Proxies proxies={state.proxies} hosts={state.hosts.list} />;
    case 'sessions':
      return <Sessions sessions={state.sessions} />;
    case 'jobs':
      return <Jobs jobs={state.jobs} queue={state.queue} />;
    case 'tickets':
      return <Tickets tickets={state.tickets} item={item} renderingOff={state.renderingOff} />;
    case 'keys':
      return <Keys keys={state.keys} />;
    default:
      return view satisfies never;
  }
}
