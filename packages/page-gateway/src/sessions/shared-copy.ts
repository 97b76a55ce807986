// A sticky visitor of several gateways, as one of them has him in memory: what the store has of him, and what it does not
// know yet.
import { randomUUID } from 'node:crypto';
import { identityFrom } from '../core/identity-record.js';
import type { Visitor } from '../core/visitor.js';
import type { Sticky } from './keep.js';
import type { SharedCookies } from './shared-cookies.js';
import type { Fresh, None } from './shared-store.js';
import { Turns } from './turns.js';
import { readWho, whoOf } from './who.js';

export interface Copy extends Sticky {
  readonly id: string;
  visitor: Visitor;
  mayRender: boolean;
  score: number;
  lastUsed: number;
  handedOff: boolean;
  held: boolean;
  /** As the store has him; empty while it never had. */
  who: string;
  epoch: string;
  revision: number;
  generation: number;
  /** What the score has changed by since it was told. */
  unsaid: number;
  /** He was dressed for the browser, and nobody was told yet. */
  dressed: boolean;
  /** The store was away, and may have lost him. */
  doubted: boolean;
  readonly cookies: SharedCookies;
  readonly turns: Turns;
}

export function copyOf(begun: Pick<Copy, 'key' | 'id' | 'visitor' | 'mayRender' | 'cookies' | 'lastUsed'>): Copy {
  return {
    ...begun,
    ...{ who: '', epoch: '', revision: 0, generation: 0, score: 0, unsaid: 0 },
    ...{ handedOff: false, held: false, dressed: false, doubted: false, turns: new Turns() },
  };
}

/** All of him, to be written at once. */
export function freshOf(copy: Copy, now: number): Fresh {
  const { id, score, generation, cookies } = copy;
  const unused = Math.max(0, now - copy.lastUsed);
  return {
    id,
    score,
    generation,
    unused,
    who: JSON.stringify(whoOf(copy)),
    epoch: randomUUID(),
    cookies: cookies.all(),
  };
}

/** Whether others have dropped him. */
export function isGone({ who, generation }: Copy, told: None): boolean {
  return who !== '' && told.generation >= generation;
}

/** As the others say that he looks, unless he came to look otherwise here and they do not know yet. */
export function wear(copy: Copy, text: string): void {
  if (text === JSON.stringify(whoOf(copy))) {
    copy.dressed = false;
    return;
  }
  const who = readWho(text);
  if (who === undefined || (copy.dressed && !who.mayRender)) return;
  copy.visitor = { ...copy.visitor, identity: identityFrom(who.identity) };
  copy.mayRender = who.mayRender;
  copy.dressed = false;
}
