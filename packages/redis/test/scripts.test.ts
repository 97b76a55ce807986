// The script of claims, beside a model that is told the same: whatever the owners do, in whatever order.
import * as fc from 'fast-check';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { claim } from '../src/scripts.js';
import { RedisServer, redisIsHere } from './redis-server.js';

const owners = ['a', 'b', 'c'];
const step = fc.record({ owner: fc.constantFrom(...owners), leave: fc.nat(4), wanted: fc.nat(5) });

describe.skipIf(!redisIsHere)('claims', () => {
  it('never give more than there is, leave nothing free that is wanted, and forget who has gone', async () => {
    const redis = await RedisServer.start();
    const client = createClient({ url: redis.url });
    await client.connect();
    let run = 0;
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(step, { minLength: 1, maxLength: 30 }),
      async (concurrency, burst, steps) => {
        const key = `test:${run++}`;
        const held = new Map(owners.map((owner) => [owner, 0]));
        const waits = new Map<string, number>();
        let taken = 0;
        for (const [at, { owner, leave, wanted }] of steps.entries()) {
          const before = Math.max(0, (held.get(owner) as number) - leave);
          held.set(owner, before);
          const all = () => [...held.values()].reduce((sum, each) => sum + each, 0);
          // A token comes in an hour: within a test there is what there is.
          const numbers = [before, wanted, 15_000, concurrency, 3_600_000, burst].map(String);
          const args = [owner, ...numbers, 'wake:', 'host', '0', '-1', '0'];
          const reply = await client.sendCommand(['EVAL', claim.source, '1', key, ...args]);
          const [granted = 0, , sharers] = (reply as unknown as Array<number | string>).map(Number);
          const since = waits.get(owner) ?? at;
          const first = [...waits].filter(([other, from]) => other !== owner && from < since).length;
          const free = Math.min(concurrency - all(), burst - taken);
          expect(granted).toBe(Math.max(0, Math.min(wanted, free - first)));
          expect(sharers).toBeLessThanOrEqual(owners.length);
          taken += granted;
          held.set(owner, before + granted);
          if (wanted > granted) waits.set(owner, granted > 0 ? at : since);
          else waits.delete(owner);
          expect(all()).toBeLessThanOrEqual(concurrency);
          expect(taken).toBeLessThanOrEqual(burst);
        }
        await client.del(key);
      },
    );
    await fc.assert(property, { numRuns: 60 });
    client.destroy();
    await redis.kill();
  });
});
