// The keys on a Redis for a command that looks at them or changes them, and fetches nothing.
import { RedisConnection } from './connection.js';
import { RedisKeys } from './keys.js';
import { RedisTraffic } from './traffic.js';

export async function openSharedKeys(
  url: string,
): Promise<{ readonly store: RedisKeys; readonly traffic: RedisTraffic; close(): Promise<void> }> {
  const connection = await RedisConnection.open({ url });
  const store = new RedisKeys({ connection });
  const close = async () => {
    store.close();
    await connection.close();
  };
  try {
    await store.open();
  } catch (error) {
    await close();
    throw error;
  }
  return { store, traffic: new RedisTraffic({ connection }), close };
}
