// Where copies of pages stand beyond the memory of this process.
import type { Copy } from './copy.js';

export interface CopyShelf {
  /** `undefined` where there is none, or it cannot be had now. Never rejects. */
  get(key: string, now: number): Promise<Copy | undefined>;
  /** In place of one with the same key. Done when it is there, or cannot be kept. Never rejects. */
  set(key: string, copy: Copy): Promise<void>;
  /** Removes what is of no more use. Never rejects. */
  expire(now: number): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}
