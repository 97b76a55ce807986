// Cuts a parsed value down to what a shape names. Changes nothing that the shape keeps; builds new objects, never touches a
// prototype.
import type { Shape } from './shape.js';

export function prune(value: unknown, shape: Shape): unknown {
  if (shape === 'keep' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === 'keep' ? value : value.map((item) => prune(item, items));
  }
  const pruned: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = shape.members.get(name) ?? shape.others;
    if (member === 'drop') continue;
    const kept = prune((value as Record<string, unknown>)[name], member);
    if (name === '__proto__')
      Object.defineProperty(pruned, name, { value: kept, enumerable: true, configurable: true, writable: true });
    else pruned[name] = kept;
  }
  return pruned;
}
