// Where several gateways keep the same sticky visitors: what the room of sessions needs of it. Every step is one whole step,
// whoever else takes one at the same time; what is said of a visitor who was replaced changes nothing.

/** A sticky visitor as the store has him. */
export interface There {
  readonly is: 'there';
  /** Of the visitor as a whole: another one of the same name has another. */
  readonly id: string;
  /** All of him but his cookies. */
  readonly who: string;
  /** Differs from when he was written anew, all at once. */
  readonly epoch: string;
  /** Grows with every change. */
  readonly revision: number;
  /** Grows with every visitor of the same name. */
  readonly generation: number;
  readonly score: number;
  /** In the order in which they were first set. */
  readonly cookies: ReadonlyMap<string, string>;
  /** By which token a person has him in hand. */
  readonly handedTo: string | undefined;
}

/** As the one who asks knows it already. */
export type Same = { readonly is: 'same' } & Pick<There, 'score' | 'handedTo'>;
/** `generation` counts those that were dropped; 0: the store knows nothing of that name. */
export type None = { readonly is: 'none' } & Pick<There, 'generation'>;
export type Known = Pick<There, 'id' | 'epoch' | 'revision'>;

export interface Fresh extends Pick<There, 'id' | 'who' | 'epoch' | 'score' | 'cookies'> {
  /** Of the one by which he was known before, where the store has lost him. */
  readonly generation: number;
  /** For how long he was not used, in milliseconds. */
  readonly unused: number;
}

export interface CookieChanges {
  readonly set: ReadonlyMap<string, string>;
  readonly gone: readonly string[];
}

export interface Changes extends CookieChanges {
  readonly score: number;
}

export type Saved = { readonly is: 'saved' } & Pick<There, 'revision' | 'score'>;

/** For the browser, in turn; for a person, or not at all. */
export type Hold = 'turn' | 'hand';

export interface SharedStore {
  /** False while there is no asking it. */
  readonly reachable: boolean;
  /** What is held and not renewed is free after so long, in milliseconds. */
  readonly lease: number;
  /** @param use Whether this renews the time until he is forgotten. */
  load(key: string, known: Known | undefined, use: boolean): Promise<There | Same | None>;
  /**
   * Writes him where there is nobody, or the one that `expected` says; otherwise nothing.
   * @returns Who is there then; none where he was known before and others have dropped him.
   */
  replace(key: string, expected: string, fresh: Fresh): Promise<There | None>;
  save(key: string, id: string, changes: Changes): Promise<Saved | There | None>;
  /** Those who knew him learn that he is gone. */
  drop(key: string, gone: Pick<There, 'id' | 'generation'>): Promise<void>;
  /**
   * @param token The same for all questions of one who waits.
   * @param waited For so many milliseconds already: who has waited for longest is next.
   * @returns 0: it is held; less: there is nothing to hold any more; more: ask again in so many milliseconds, or when it is heard.
   */
  take(key: string, id: string, hold: Hold, token: string, waited: number): Promise<number>;
  /** Held again where nobody else does. */
  renew(key: string, id: string, hold: Hold, token: string): Promise<void>;
  /** Neither holds nor waits any more. */
  release(key: string, id: string, hold: Hold, token: string): Promise<void>;
  /** Tells that it was away and is back, perhaps without what it had. */
  watch(back: () => void): () => void;
  /** Tells the keys of which something has become free. */
  hear(listener: (key: string) => void): Promise<() => void>;
}
