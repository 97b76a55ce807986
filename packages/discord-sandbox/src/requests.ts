/**
 * Hears what errand tells, in this process, of the requests that it made for an interaction, and hands it to the world
 * for the playground's timelines. Whatever else is said on the channel is let pass.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isRecord } from './rest/form.js';
import type { World } from './world/world.js';

const CHANNEL = 'errand:discord:request';

/** Until the returned function is called. */
export function hearRequests(world: World): () => void {
  const hear = (message: unknown) => tell(world, message);
  subscribe(CHANNEL, hear);
  return () => void unsubscribe(CHANNEL, hear);
}

function tell(world: World, message: unknown): void {
  if (!isRecord(message)) return;
  const { interaction, method, url, status, error, trace } = message;
  if (typeof interaction !== 'string' || typeof method !== 'string' || typeof url !== 'string') return;
  world.http({
    interaction,
    method,
    url,
    ...(typeof status === 'number' ? { status } : {}),
    ...(error === undefined ? {} : { error: String(error) }),
    trace,
  });
}
