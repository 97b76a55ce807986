// The shape of a schema of zod 4 (and zod/mini), from the definitions that zod documents for library authors. Objects strip
// what they do not name before any refinement or transform sees it; a preprocessing step sees everything.
import { type Shape, ShapeMemory } from './shape.js';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, ZodLike>>;
  readonly catchall?: ZodLike;
  readonly element?: ZodLike;
  readonly valueType?: ZodLike;
  readonly innerType?: ZodLike;
  readonly in?: ZodLike;
}
interface ZodLike {
  /** `innerType` is what a lazy schema's getter gave, once. */
  readonly _zod: { readonly def: Definition; readonly innerType?: ZodLike };
}

export function shapeOfZod(schema: object): Shape {
  return shapeOf(schema as ZodLike, new ShapeMemory());
}

function shapeOf(schema: ZodLike, memory: ShapeMemory<ZodLike>): Shape {
  const { def, innerType } = schema._zod;
  switch (def.type) {
    case 'object':
      return objectShape(schema, def, memory);
    case 'array':
      return memory.make(schema, (draft) => {
        draft.items = shapeOf(def.element as ZodLike, memory);
      });
    case 'record':
      return memory.make(schema, (draft) => {
        draft.others = shapeOf(def.valueType as ZodLike, memory);
      });
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
      return shapeOf(def.innerType as ZodLike, memory);
    case 'pipe':
      return shapeOf(def.in as ZodLike, memory);
    case 'lazy':
      return innerType === undefined ? 'keep' : shapeOf(innerType, memory);
    default:
      return 'keep';
  }
}

function objectShape(schema: ZodLike, def: Definition, memory: ShapeMemory<ZodLike>): Shape {
  const { catchall } = def;
  return memory.make(schema, (draft) => {
    for (const [name, member] of Object.entries(def.shape ?? {})) draft.members.set(name, shapeOf(member, memory));
    // A strict object's catch-all is `never`: it must see what it refuses.
    draft.others = catchall === undefined ? 'drop' : shapeOf(catchall, memory);
  });
}
