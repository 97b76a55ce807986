// Leaving Discord for good. discord.js's own destroy() misses a shard that is between two tries to connect: it would go
// on trying for ever, and keep the process alive.
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, Status } from 'discord.js';
import { settledWithin } from './within.js';

/** discord.js rests 500 ms between two tries. */
const betweenTries = 600;

interface Shards {
  destroy(options: { reason: string }): Promise<void>;
}

/** Resolves with whether the client was gone within `time` milliseconds. */
export async function leaveGateway(client: Client, time: number): Promise<boolean> {
  const end = performance.now() + time;
  const left = (): number => end - performance.now();
  const connecting = client.ws.shards.some(({ status }) => status !== Status.Ready && status !== Status.Idle);
  const gone = await settledWithin(client.destroy(), left());
  const shards = (client.ws as unknown as { _ws?: Shards | null })._ws;
  if (!connecting || !shards) return gone;
  await delay(Math.min(betweenTries, Math.max(0, left())));
  return (await settledWithin(shards.destroy({ reason: 'stopped' }), left())) && gone;
}
