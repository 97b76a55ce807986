// Leaving Discord for good. discord.js's own destroy() misses a shard that is between two tries to connect, or wakes one
// that waits for Discord's hello: either would go on trying for ever, and keep the process alive.
import type { Client } from 'discord.js';
import { settledWithin } from './within.js';

/** What is used here of discord.js's inner connection, where it is as we know it. */
interface Inner {
  readonly options?: { retrieveSessionInfo?: unknown };
  readonly strategy?: { readonly shards?: ReadonlyMap<number, { readonly connection?: Socket | null }> };
}

interface Socket {
  readonly readyState: number;
  onerror: unknown;
  close(): void;
}

const connecting = 0;

/** Resolves with whether the client was gone within `time` milliseconds. */
export async function leaveGateway(client: Client, time: number): Promise<boolean> {
  const inner = (client.ws as unknown as { _ws?: Inner | null })._ws;
  // The first thing that every try to connect does is to ask for this: without an answer it never begins.
  if (inner?.options) inner.options.retrieveSessionInfo = () => new Promise(() => {});
  const shards = [...(inner?.strategy?.shards?.values() ?? [])];
  const gone = await settledWithin(client.destroy(), time);
  for (const { connection } of shards) {
    if (connection?.readyState !== connecting) continue;
    connection.onerror = () => {};
    connection.close();
  }
  return gone;
}
