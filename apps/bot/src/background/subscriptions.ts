/**
 * What channels asked to be told about: pages that are watched, feeds that are followed. Kept on disk, visited in rounds in a lane of their
 * own, bounded for each server and in all. What a subject is and when it has news is the subject's business.
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

interface Look<State> {
  readonly state: State;
  readonly news: readonly APIEmbed[];
}

const Place = z.object({
  /** The server, or outside servers the user. */
  scope: z.string(),
  channel: z.string(),
  locale: z.string(),
  url: z.url(),
  /** Milliseconds between two looks. */
  every: z.number().min(1000),
});
const Progress = z.object({
  id: z.string().regex(/^[a-z0-9]+$/),
  dueAt: z.number(),
  /** Looks that failed since the last one that did not. */
  failures: z.number(),
  marks: Marks,
});
export type Place = Readonly<z.infer<typeof Place>>;
export type Subscription<State> = Place & z.infer<typeof Progress> & { state: State };

/** `gone`: the channel is not there any more, or not the bot's to write in. Rejects when Discord could not be reached. */
export type Post = (channel: string, embeds: readonly APIEmbed[]) => Promise<'sent' | 'gone'>;

/** No more can be taken on; the message is for the person who asked. */
export class SubscriptionRefused extends Error {}

const mostPerScope = 10;
const mostInAll = 2000;
const toldAfter = 3;
const longestWait = 6 * 60 * 60_000;

export class Subscriptions<State> {
  readonly #subject: Subject<State>;
  readonly #warn: (line: string) => void;
  readonly #store: Store<Subscription<State>>;
  #all = new Map<string, Subscription<State>>();
  #rounds: Rounds<Subscription<State>> | undefined;

  constructor(folder: string, subject: Subject<State>, warn: (line: string) => void) {
    this.#subject = subject;
    this.#warn = warn;
    const shape = Place.extend(Progress.shape).extend({ state: subject.state });
    this.#store = new Store(folder, shape as z.ZodType<Subscription<State>>);
  }

  async load(): Promise<void> {
    const saved = await this.#store.load(this.#warn);
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
  }

  list(scope: string): Subscription<State>[] {
    return [...this.#all.values()].filter((subscription) => subscription.scope === scope);
  }

  /** Looks for the first time, for whoever asks now: its errors are theirs. */
  async add(web: Session, place: Place): Promise<Subscription<State>> {
    this.#refuse(place);
    const { response, marks } = await getFirst(web, place.url);
    const { state } = await this.#subject.read(response, place.url, undefined);
    this.#refuse(place); // others may have been quicker meanwhile
    const id = randomInt(36 ** 7, 36 ** 8).toString(36);
    const subscription = { ...place, id, dueAt: Date.now() + place.every, failures: 0, marks, state };
    this.#all.set(id, subscription);
    await this.#store.put(subscription);
    this.#rounds?.look();
    return subscription;
  }

  async remove(id: string): Promise<void> {
    this.#all.delete(id);
    await this.#store.drop(id);
  }

  #refuse({ scope, url, channel }: Place): void {
    const here = this.list(scope);
    if (here.some((other) => other.url === url && other.channel === channel)) {
      throw new SubscriptionRefused('That one runs in this channel already.');
    }
    if (here.length >= mostPerScope)
      throw new SubscriptionRefused(`There are ${mostPerScope} here already: end one first.`);
    if (this.#all.size >= mostInAll) throw new SubscriptionRefused('I have as much to look at as I can.');
  }

  /** One look at one of them. What changed in it is on disk when this ends. */
  async #visit(subscription: Subscription<State>, web: Session, post: Post, signal: AbortSignal): Promise<void> {
    try {
      const news = await this.#look(subscription, web, post, signal);
      if (news && this.#all.has(subscription.id)) await this.#store.put(subscription);
    } catch (error) {
      if (signal.aborted || error instanceof SessionClosedError) return;
      this.#warn(`${this.#subject.name} ${subscription.id}: ${describe(error)}`);
      subscription.dueAt = Math.max(subscription.dueAt, Date.now() + subscription.every);
    }
  }

  /** Whether anything is to be kept of this look. */
  async #look(subscription: Subscription<State>, web: Session, post: Post, signal: AbortSignal): Promise<boolean> {
    const { url, every, marks, state, failures } = subscription;
    try {
      const changed = await getChanged(web, url, marks, { lane: 'background', priority: -1, signal });
      const look = changed && (await this.#subject.read(changed.response, url, state));
      const back = failures >= toldAfter ? [notice(url, 'is back', 0x3ba55d)] : [];
      subscription.dueAt = Date.now() + every;
      await this.#tell(subscription, [...back, ...(look?.news ?? [])], post);
      Object.assign(subscription, { failures: 0, ...(look && { marks: changed.marks, state: look.state }) });
      return failures > 0 || look !== undefined;
    } catch (error) {
      const theirs = error instanceof ErrandError || error instanceof DocumentError;
      if (!theirs || signal.aborted || error instanceof SessionClosedError) throw error;
      await this.#failed(subscription, error, post);
      return true;
    }
  }

  /** The site's fault: asked less and less often, and told once. */
  async #failed(subscription: Subscription<State>, error: Error, post: Post): Promise<void> {
    const { id, url, every, locale } = subscription;
    subscription.failures += 1;
    const wait = Math.min(every * 2 ** Math.min(subscription.failures, 10), Math.max(every, longestWait));
    subscription.dueAt = Date.now() + wait;
    this.#warn(`${this.#subject.name} ${id}: ${describe(error)}; next look in ${Math.round(wait / 1000)} s`);
    if (subscription.failures !== toldAfter) return;
    await this.#tell(subscription, [notice(url, 'cannot be read', 0xd83c3e, explain(error, locale))], post);
  }

  async #tell(subscription: Subscription<State>, embeds: readonly APIEmbed[], post: Post): Promise<void> {
    const { id, channel } = subscription;
    if (embeds.length === 0 || !this.#all.has(id) || (await post(channel, embeds)) === 'sent') return;
    this.#warn(`${this.#subject.name} ${id}: its channel is gone, and so is it`);
    await this.remove(id);
  }
}

const notice = (url: string, what: string, color: number, description = ''): APIEmbed => ({
  title: `${new URL(url).host} ${what}`,
  url,
  color,
  description,
});

/** An error in a line of the log: of a request its type, method, host and attempts, never its whole address. */
function describe(error: unknown): string {
  if (error instanceof ErrandError) {
    const phase = 'phase' in error ? ` phase ${error.phase}` : '';
    return `${error.code} ${error.method} ${new URL(error.url).host}${phase} attempt ${error.attempts}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
