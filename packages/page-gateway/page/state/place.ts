// Where the reader is: a view, and one thing in it, kept in the address so that it can be gone back to and shared.
import { useEffect, useState } from 'preact/hooks';

export const views = ['requests', 'try', 'hosts', 'proxies', 'sessions', 'jobs', 'tickets', 'keys'] as const;
export type View = (typeof views)[number];

export interface Place {
  readonly view: View;
  /** E.g. the id of a ticket. */
  readonly item: string | undefined;
}

function read(): Place {
  const [view = '', item] = location.hash.replace(/^#\/?/, '').split('/');
  const known = views.find((each) => each === view) ?? 'requests';
  return { view: known, item: item === undefined || item === '' ? undefined : decodeURIComponent(item) };
}

export function addressOf(view: View, item?: string): string {
  return `#/${view}${item === undefined ? '' : `/${encodeURIComponent(item)}`}`;
}

export function usePlace(): Place {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = () => setPlace(read());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}
