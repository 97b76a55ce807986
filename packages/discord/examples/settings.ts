// What an example needs to know from its surroundings.
import type { RESTOptions } from 'discord.js';
import type { SessionOptions } from 'errand';

export interface Settings {
  readonly token: string;
  /** The site that the commands fetch from. */
  readonly site: string;
  readonly session?: SessionOptions;
  /** Left out on Discord; `sandbox.rest` on a sandbox. */
  readonly rest?: Partial<RESTOptions>;
}

/** Stops what an example has started. */
export type Stop = () => Promise<void>;
