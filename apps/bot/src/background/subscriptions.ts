/**
 * What channels asked to be told about: pages that are watched, feeds that are followed. Kept on disk, visited in rounds in a lane of their
 * own, bounded for each server. What a subject is and when it has news is the subject's business.
 */
import { randomInt } from 'node:crypto';
import { explain } from '@errand/discord';
import type { APIEmbed } from 'discord.js';
import { ErrandError, type HttpResponse, type Session, SessionClosedError } from 'errand';
import { z } from 'zod';
import { DocumentError } from '../documents/read.js';
import { getChanged, getFirst, Marks } from './conditional.js';
import { Rounds } from './rounds.js';
import { Store } from './store.js';

/** Pages or feeds: what is read of one, and what of that is news. `before` is what was read the last time; undefined at the first. */
export interface Subject<State> {
  readonly name: string;
  readonly state: z.ZodType<State>;
  read(response: HttpResponse, url: string, before: State | undefined): Promise<Look<State>>;
}

export interface Look<State> {
  readonly state: State;
  readonly news: readonly APIEmbed[];
}

export interface Subscription<State> {
  readonly id: string;
  /** The server, or outside servers the user. */
  readonly scope: string;
  readonly channel: string;
  readonly locale: string;
  readonly url: string;
  /** Milliseconds between two looks. */
  readonly every: number;
  dueAt: number;
  /** Looks that failed since the last one that did not. */
  failures: number;
  marks: Marks;
  state: State;
}

export type Wanted = Pick<Subscription<unknown>, 'scope' | 'channel' | 'locale' | 'url' | 'every'>;

/** `gone`: the channel is not there any more, or not the bot's to write in. Rejects when Discord could not be reached. */
export type Post = (channel: string, embeds: readonly APIEmbed[]) => Promise<'sent' | 'gone'>;

export const mostPerScope = 10;
const toldAfter = 3;
const longestWait = 6 * 60 * 60_000;

export class Subscriptions<State> {
  readonly #subject: Subject<State>;
  readonly #warn: (line: string) => void;
  readonly #store: Store<Subscription<State>>;
  #all = new Map<string, Subscription<State>>();
  #rounds: Rounds<Subscription<State>> | undefined;

  constructor(file: string, subject: Subject<State>, warn: (line: string) => void) {
    this.#subject = subject;
    this.#warn = warn;
    this.#store = new Store(file, () => [...this.#all.values()]);
  }

  async load(): Promise<void> {
    const shape = z.object({
      id: z.string(),
      scope: z.string(),
      channel: z.string(),
      locale: z.string(),
      url: z.url(),
      every: z.number().min(1000),
      dueAt: z.number(),
      failures: z.number(),
      marks: Marks,
      state: this.#subject.state,
    });
    const saved = await this.#store.load(shape as unknown as z.ZodType<Subscription<State>>, this.#warn);
    this.#all = new Map(saved.map((subscription) => [subscription.id, subscription]));
  }

  /** From now on the subjects are visited, and news is posted. */
  start(web: Session, post: Post): void {
    this.#rounds = new Rounds(
      () => this.#all.values(),
      (subscription, signal) => this.#visit(subscription, web, post, signal),
    );
    this.#rounds.look();
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
    await this.#store.save();
  }

  list(scope: string): Subscription<State>[] {
    return [...this.#all.values()].filter((subscription) => subscription.scope === scope);
  }

  /** Looks for the first time, for whoever asks now: its errors are theirs. */
  async add(web: Session, wanted: Wanted): Promise<Subscription<State>> {
    const { response, marks } = await getFirst(web, wanted.url);
    const { state } = await this.#subject.read(response, wanted.url, undefined);
    const id = randomInt(36 ** 5, 36 ** 6).toString(36);
    const subscription = { ...wanted, id, dueAt: Date.now() + wanted.every, failures: 0, marks, state };
    this.#all.set(id, subscription);
    this.#rounds?.look();
    await this.#store.save();
    return subscription;
  }

  async remove(id: string): Promise<void> {
    this.#all.delete(id);
    this.#rounds?.look();
    await this.#store.save();
  }

  async #visit(subscription: Subscription<State>, web: Session, post: Post, signal: AbortSignal): Promise<void> {
    const { url, every } = subscription;
    try {
      const options = { lane: 'background', priority: -1, signal } as const;
      const changed = await getChanged(web, url, subscription.marks, options);
      const look = changed && (await this.#subject.read(changed.response, url, subscription.state));
      const back = subscription.failures >= toldAfter ? [this.#notice(subscription, 'is back', 0x3ba55d)] : [];
      subscription.dueAt = Date.now() + every;
      await this.#tell(subscription, [...back, ...(look?.news ?? [])], post);
      subscription.failures = 0;
      if (changed && look) Object.assign(subscription, { marks: changed.marks, state: look.state });
    } catch (error) {
      if (signal.aborted || error instanceof SessionClosedError) return;
      await this.#failed(subscription, error, post);
    } finally {
      await this.#store.save().catch((error) => this.#warn(`${this.#subject.name} could not be saved: ${error}`));
    }
  }

  async #failed(subscription: Subscription<State>, error: unknown, post: Post): Promise<void> {
    const { every, locale, channel } = subscription;
    // The site's fault counts against the site; Discord's does not.
    const theirs = error instanceof ErrandError || error instanceof DocumentError;
    if (theirs) subscription.failures += 1;
    const wait = Math.min(every * 2 ** Math.min(subscription.failures, 10), Math.max(every, longestWait));
    subscription.dueAt = Date.now() + wait;
    this.#warn(`${this.#subject.name}: ${describe(error)}; next look in ${Math.round(wait / 1000)} s`);
    if (!theirs || subscription.failures !== toldAfter) return;
    const trouble = this.#notice(subscription, 'cannot be read', 0xd83c3e, explain(error, locale));
    await this.#tell(subscription, [trouble], post).catch((reason) =>
      this.#warn(`channel ${channel}: ${describe(reason)}`),
    );
  }

  async #tell(subscription: Subscription<State>, embeds: readonly APIEmbed[], post: Post): Promise<void> {
    if (embeds.length === 0 || (await post(subscription.channel, embeds)) === 'sent') return;
    this.#all.delete(subscription.id);
    this.#warn(`${this.#subject.name}: channel ${subscription.channel} is gone, and with it what it asked for`);
  }

  #notice({ url }: Subscription<State>, what: string, color: number, description = ''): APIEmbed {
    return { title: `${new URL(url).host} ${what}`, url, color, description };
  }
}

/** An error in a line of the log: of a request its code, method, host and attempts, never its whole address. */
function describe(error: unknown): string {
  if (!(error instanceof ErrandError))
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${error.code} ${error.method} ${new URL(error.url).host} attempt ${error.attempts}`;
}
