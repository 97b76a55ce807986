// Which parts of a document a schema can see, so that the rest need not cross from the worker. In doubt everything is kept:
// validation must accept, refuse and return exactly what it would have without this.

/** What is kept of a value: all of it, or of an object these members and of an array this of each item. May refer to itself. */
export type Shape = 'keep' | PartialShape;

export interface PartialShape {
  readonly members: ReadonlyMap<string, Shape>;
  /** What is kept of members without a shape of their own. */
  readonly others: Shape | 'drop';
  readonly items: Shape;
}

/** Builds shapes of what may refer to itself: a reference met again is the shape that is being made of it. */
export class ShapeMemory<Source extends object> {
  readonly #made = new Map<Source, PartialShape>();

  /** `fill` completes the draft, whose `members` it may add to. */
  make(source: Source, fill: (draft: ShapeDraft) => void): Shape {
    const known = this.#made.get(source);
    if (known !== undefined) return known;
    const draft: ShapeDraft = { members: new Map(), others: 'keep', items: 'keep' };
    this.#made.set(source, draft);
    fill(draft);
    return draft;
  }
}

export interface ShapeDraft {
  readonly members: Map<string, Shape>;
  others: Shape | 'drop';
  items: Shape;
}

/** Whether anything at all would be left out. */
export function leavesOut(shape: Shape, seen = new Set<Shape>()): boolean {
  if (shape === 'keep' || seen.has(shape)) return false;
  seen.add(shape);
  if (shape.others === 'drop' || leavesOut(shape.others, seen) || leavesOut(shape.items, seen)) return true;
  for (const member of shape.members.values()) if (leavesOut(member, seen)) return true;
  return false;
}
