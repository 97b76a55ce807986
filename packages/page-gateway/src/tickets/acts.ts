// What a person may do on a live page, read from what their browser sent: few kinds, all of them bounded.
import { z } from 'zod';
import { Problem } from '../core/problem.js';

const place = z.number().min(0).max(10_000);

const act = z.union([
  z.strictObject({ pointer: z.enum(['move', 'down', 'up']), x: place, y: place }),
  z.strictObject({ type: z.string().min(1).max(1000) }),
  z.strictObject({ press: z.string().min(1).max(40) }),
  z.strictObject({ scroll: z.number().min(-10_000).max(10_000) }),
  z.strictObject({ reload: z.literal(true) }),
]);

const acts = z.array(act).min(1).max(200);

/** One step on a live page; places are in CSS pixels of its window. */
export type Act = z.output<typeof act>;

/** @throws Problem bad_parameter */
export function readActs(value: unknown): readonly Act[] {
  const read = acts.safeParse(value);
  if (read.success) return read.data;
  throw new Problem(
    'bad_parameter',
    'acts: expected 1 to 200 of {"pointer": "move" | "down" | "up", "x", "y"}, {"type"}, {"press"}, {"scroll"}, {"reload": true}.',
    { members: { parameter: 'acts' } },
  );
}
