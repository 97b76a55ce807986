// Who a sticky visitor is, as plain data: all but his cookies. What another version has written is nobody.
import type { CookieJar } from 'errand';
import { type IdentityRecord, identityFrom, recordOf } from '../core/identity-record.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import type { Sticky } from './keep.js';

export interface Who {
  readonly version: 1;
  readonly name: string;
  readonly mayRender: boolean;
  readonly proxy: string | null;
  readonly identity: IdentityRecord;
}

export function whoOf({ visitor, mayRender }: Pick<Sticky, 'visitor' | 'mayRender'>): Who {
  const { id: name, proxy, identity } = visitor;
  return { version: 1, name, mayRender, proxy: proxy?.id ?? null, identity: recordOf(identity) };
}

/** Undefined for what an older or a newer version has written. */
export function readWho<T extends Who>(text: string): T | undefined {
  try {
    const written = JSON.parse(text) as Partial<T>;
    return written.version === 1 && written.identity !== undefined ? (written as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where his proxy is not there: without it, the rest of him is nobody. */
export function visitorFrom(
  { name, proxy: id, identity }: Who,
  cookies: CookieJar,
  proxyOf: (id: string) => ProxyServer | undefined,
): Visitor | undefined {
  const proxy = id === null ? undefined : proxyOf(id);
  if (id !== null && proxy === undefined) return undefined;
  return { id: name, sticky: true, proxy, identity: identityFrom(identity), cookies };
}
