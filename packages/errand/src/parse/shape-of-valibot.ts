// The shape of a valibot schema, which is plain data: an object's entries, an array's item, what is wrapped. `object` leaves
// out what it does not name before anything after it in a pipe runs.
import { type Shape, ShapeMemory } from './shape.js';

interface ValibotLike {
  readonly type: string;
  readonly entries?: Readonly<Record<string, ValibotLike>>;
  readonly item?: ValibotLike;
  readonly value?: ValibotLike;
  readonly wrapped?: ValibotLike;
  readonly rest?: ValibotLike;
}

const wrappers = new Set([
  'optional', 'exact_optional', 'nullable', 'nullish', 'undefinedable', 'non_optional', 'non_nullable', 'non_nullish',
]); // biome-ignore format: a list

export function shapeOfValibot(schema: object): Shape {
  return shapeOf(schema as ValibotLike, new ShapeMemory());
}

function shapeOf(schema: ValibotLike, memory: ShapeMemory<ValibotLike>): Shape {
  const { type, entries, item, value, wrapped, rest } = schema;
  if (wrapped !== undefined) return wrappers.has(type) ? shapeOf(wrapped, memory) : 'keep';
  if (type === 'array' && item !== undefined) {
    return memory.make(schema, (draft) => {
      draft.items = shapeOf(item, memory);
    });
  }
  if (type === 'record' && value !== undefined) {
    return memory.make(schema, (draft) => {
      draft.others = shapeOf(value, memory);
    });
  }
  if (entries === undefined || !/^(?:loose_|strict_)?object(?:_with_rest)?$/.test(type)) return 'keep';
  return memory.make(schema, (draft) => {
    for (const [name, member] of Object.entries(entries)) draft.members.set(name, shapeOf(member, memory));
    if (type === 'object') draft.others = 'drop';
    else if (rest !== undefined) draft.others = shapeOf(rest, memory);
  });
}
