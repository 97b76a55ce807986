// Sticky visitors that several gateways share. What is in memory is a copy, brought up to date at each call; while the store
// is away it is what there is, and what it changed is written when the store is back.
import { randomUUID } from 'node:crypto';
import type { Identity } from '../core/identity.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import { Backlog } from './backlog.js';
import { Holds } from './holds.js';
import { type Beginner, bounded, type Keep, type Release, type Sticky } from './keep.js';
import { Recent, type RecentOptions } from './recent.js';
import { SharedCookies } from './shared-cookies.js';
import { type Copy, copyOf, freshOf, isGone, wear } from './shared-copy.js';
import type { Fresh, SharedStore, There } from './shared-store.js';
import { readWho, visitorFrom } from './who.js';

export interface SharedOptions extends RecentOptions {
  readonly store: SharedStore;
  readonly proxyOf: (id: string) => ProxyServer | undefined;
}

export class Shared implements Keep {
  readonly #options: SharedOptions;
  readonly #recent: Recent<Copy>;
  readonly #holds: Holds;
  readonly #backlog: Backlog<Copy>;
  readonly #unwatch: () => void;

  constructor(options: SharedOptions) {
    this.#options = options;
    this.#recent = new Recent(options);
    this.#holds = new Holds(options.store);
    this.#backlog = new Backlog(options.store, (copy) => this.#write(copy));
    this.#unwatch = options.store.watch(() => this.#doubtAll());
  }

  async find(key: string): Promise<Copy | undefined> {
    const known = this.#recent.get(key);
    const asked = this.#options.now();
    const told = await this.#backlog.ask(key, (store) => store.load(key, known?.who === '' ? undefined : known, true));
    const copy = this.#recent.get(key);
    if (told?.is === 'there') return this.#adopt(key, told, asked);
    if (copy === undefined || (told?.is === 'same' && copy !== known)) return undefined;
    if (told?.is === 'same') return this.#refresh(copy, told, asked);
    if (this.#recent.isIdle(copy) || (told !== undefined && isGone(copy, told))) {
      this.#forget(copy);
      return undefined;
    }
    this.#recent.used(copy, asked);
    if (told !== undefined) return this.#restore(copy);
    copy.handedOff = copy.held;
    return copy;
  }

  async begin(given: Beginner, instead: Sticky | undefined): Promise<Sticky> {
    const { key } = given;
    const cookies = new SharedCookies(given.visitor.cookies);
    const beginner = copyOf({ ...given, id: randomUUID(), cookies, lastUsed: this.#options.now() });
    const before = this.#recent.get(key);
    let expected = before !== undefined && before === instead ? before.who : '';
    for (;;) {
      const told = await this.#backlog.ask(key, (store) => store.replace(key, expected, this.#fresh(beginner)));
      if (told?.is !== 'there') return this.#beginAlone(beginner, before);
      const copy = this.#adopt(key, told, this.#options.now(), beginner);
      if (copy !== undefined) return copy;
      // Who is there cannot go from here, and is not replaced under a person's hands.
      if (told.handedTo !== undefined)
        return { ...given, visitor: { ...given.visitor }, score: 0, lastUsed: 0, handedOff: true };
      expected = told.who;
    }
  }

  async dress(sticky: Sticky, identity: Identity): Promise<Copy> {
    const copy = sticky as Copy;
    const { visitor } = copy;
    copy.visitor = { ...visitor, identity };
    copy.mayRender = true;
    copy.dressed = true;
    await this.#write(copy);
    return this.#recent.get(copy.key) ?? copy;
  }

  async drop(visitor: Visitor): Promise<void> {
    const copy = this.#recent.entryOf(visitor);
    if (copy === undefined) return;
    this.#forget(copy);
    if (copy.who !== '') await this.#backlog.drop(copy);
  }

  score(visitor: Visitor, by: number): void {
    const copy = this.#recent.entryOf(visitor);
    if (copy === undefined) return;
    const score = bounded(copy.score + by);
    copy.unsaid += score - copy.score;
    copy.score = score;
  }

  save(visitor: Visitor): Promise<void> | undefined {
    const copy = this.#recent.entryOf(visitor);
    return copy && this.#write(copy);
  }

  async lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<Release | undefined> {
    const copy = this.#recent.entryOf(visitor);
    if (copy === undefined) return () => {};
    const since = performance.now();
    const leave = await copy.turns.take(patience, signal);
    if (leave === undefined) return undefined;
    let release: Release | undefined;
    try {
      release = await this.#holds.turn(copy, since, patience, signal);
    } finally {
      if (release === undefined) leave();
    }
    if (release === undefined) return undefined;
    // What the one before has earned.
    await this.find(copy.key);
    return async () => {
      await this.save(visitor);
      await release();
      leave();
    };
  }

  async handOff(visitor: Visitor): Promise<Release | undefined> {
    const copy = this.#recent.entryOf(visitor);
    if (copy === undefined) return () => {};
    if (copy.held) return undefined;
    copy.handedOff = copy.held = true;
    const release = await this.#holds.hand(copy);
    if (release === undefined) {
      copy.held = false;
      return undefined;
    }
    return async () => {
      await this.save(visitor);
      await release();
      copy.handedOff = copy.held = false;
      this.#recent.used(copy);
    };
  }

  list(): readonly Copy[] {
    return this.#recent.list();
  }

  /** What the store does not take any more is lost. */
  async close(): Promise<void> {
    this.#unwatch();
    await this.#backlog.close();
    await this.#holds.close();
  }

  /** Undefined where he cannot go from here. */
  #adopt(key: string, told: There, used?: number, known?: Copy): Copy | undefined {
    let copy = this.#recent.get(key);
    if (copy?.id !== told.id) {
      if (copy !== undefined) this.#forget(copy);
      copy = known?.id === told.id ? known : this.#made(key, told);
      if (copy === undefined) return undefined;
      const gone = this.#recent.add(copy);
      if (gone !== undefined) this.#backlog.delete(gone);
    }
    const anew = told.epoch !== copy.epoch;
    if (anew || told.revision >= copy.revision) {
      // Restored by somebody who may not have known all that is known here.
      if (anew && copy.epoch !== '') this.#backlog.add(copy);
      copy.cookies.merge(told.cookies, anew);
      if (told.who !== copy.who) wear(copy, told.who);
      const { who, epoch, revision, generation } = told;
      Object.assign(copy, { who, epoch, revision, generation });
    }
    return this.#refresh(copy, told, used);
  }

  #refresh(copy: Copy, { score, handedTo }: Pick<There, 'score' | 'handedTo'>, used?: number): Copy {
    copy.doubted = false;
    copy.score = bounded(score + copy.unsaid);
    copy.handedOff = copy.held || (handedTo !== undefined && !this.#holds.isOwn(handedTo));
    if (used !== undefined) this.#recent.used(copy, used);
    this.#recent.expire();
    return copy;
  }

  #made(key: string, { id, who: text }: There): Copy | undefined {
    const who = readWho(text);
    const cookies = new SharedCookies();
    const visitor = who && visitorFrom(who, cookies.jar, this.#options.proxyOf);
    return (
      who && visitor && copyOf({ key, id, visitor, mayRender: who.mayRender, cookies, lastUsed: this.#options.now() })
    );
  }

  /** The store is away. */
  #beginAlone(beginner: Copy, before: Copy | undefined): Copy {
    const { key } = beginner;
    const now = this.#recent.get(key);
    if (now !== undefined && now !== before) return now;
    if (now !== undefined) {
      this.#forget(now);
      if (now.who !== '') void this.#backlog.drop(now);
    }
    const gone = this.#recent.add(beginner);
    if (gone !== undefined) this.#backlog.delete(gone);
    this.#backlog.add(beginner);
    return beginner;
  }

  /** The store does not know him, though nobody dropped him: it was away when he began, or has lost what it had. */
  async #restore(copy: Copy): Promise<Copy | undefined> {
    const fresh = this.#fresh(copy);
    const { key, unsaid } = copy;
    const told = await this.#backlog.ask(key, (store) => store.replace(key, '', fresh));
    if (told === undefined) {
      this.#notWritten(copy);
      return copy;
    }
    if (told.is === 'none') {
      this.#forget(copy);
      return undefined;
    }
    if (told.epoch === fresh.epoch) copy.unsaid -= unsaid;
    const there = this.#adopt(key, told, undefined, copy);
    // Somebody else has restored him, and lacks what is known here.
    if (there === copy) await this.#write(copy);
    return there;
  }

  async #write(copy: Copy): Promise<void> {
    const { key, id } = copy;
    if (this.#recent.get(key) !== copy) return this.#backlog.delete(copy);
    if (copy.who === '') return void (await this.#restore(copy));
    if (copy.doubted && !(await this.#isThere(copy))) return;
    if (copy.dressed) {
      const told = await this.#backlog.ask(key, (store) => store.replace(key, copy.who, this.#fresh(copy)));
      if (told === undefined) return this.#notWritten(copy);
      if (told.is === 'none') return this.#forget(copy);
      if (this.#adopt(key, told, undefined, copy) !== copy) return;
    }
    const changes = { ...copy.cookies.changes(), score: copy.unsaid };
    const news = changes.set.size + changes.gone.length;
    if (news === 0 && changes.score === 0) return this.#backlog.delete(copy);
    copy.unsaid = 0;
    const told = await this.#backlog.ask(key, (store) => store.save(key, id, changes));
    if (told?.is === 'saved') {
      copy.cookies.told(changes);
      // Nobody else has written in between.
      if (news > 0 && told.revision === copy.revision + 1) copy.revision = told.revision;
      copy.score = bounded(told.score + copy.unsaid);
      return this.#backlog.delete(copy);
    }
    copy.unsaid += changes.score;
    if (told === undefined) this.#notWritten(copy);
    else if (told.is === 'there') this.#adopt(key, told);
    else if (isGone(copy, told)) this.#forget(copy);
    else await this.#restore(copy);
  }

  /** Whether the store still has him; where it has lost him he is restored. */
  async #isThere(copy: Copy): Promise<boolean> {
    const { key } = copy;
    const told = await this.#backlog.ask(key, (store) => store.load(key, copy, false));
    if (told?.is === 'there') return this.#adopt(key, told) === copy;
    if (told?.is === 'same') this.#refresh(copy, told);
    else if (told === undefined) this.#notWritten(copy);
    else if (isGone(copy, told)) this.#forget(copy);
    else await this.#restore(copy);
    return told?.is === 'same';
  }

  /** It is back, but perhaps as one that knows nobody: those who know somebody say so before he is asked for elsewhere. */
  #doubtAll(): void {
    for (const copy of this.#recent.list()) {
      copy.doubted = true;
      this.#backlog.add(copy);
    }
    this.#backlog.tellNow();
  }

  #notWritten(copy: Copy): void {
    if (this.#recent.get(copy.key) === copy) this.#backlog.add(copy);
  }

  #forget(copy: Copy): void {
    this.#backlog.delete(copy);
    if (this.#recent.get(copy.key) === copy) this.#recent.delete(copy.key);
  }

  #fresh(copy: Copy): Fresh {
    return freshOf(copy, this.#options.now());
  }
}
