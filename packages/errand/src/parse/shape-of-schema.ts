// The shape of a Standard Schema: from zod's and valibot's own definitions, which say exactly what each step sees, and from
// the JSON Schemas of input and output for whatever else offers them. Imports none of these libraries.
import type { StandardSchema } from '../core/response.js';
import { leavesOut, type Shape } from './shape.js';
import { shapeOfJsonSchemas } from './shape-of-json-schema.js';
import { shapeOfValibot } from './shape-of-valibot.js';
import { shapeOfZod } from './shape-of-zod.js';

const known = new WeakMap<StandardSchema, Shape>();

/** What of a document the schema's validation can see; 'keep' where that is everything, or is not known. */
export function shapeOf(schema: StandardSchema): Shape {
  let shape = known.get(schema);
  if (shape === undefined) {
    shape = readShape(schema);
    if (!leavesOut(shape)) shape = 'keep';
    known.set(schema, shape);
  }
  return shape;
}

function readShape(schema: StandardSchema): Shape {
  try {
    switch (schema['~standard'].vendor) {
      case 'zod':
        return shapeOfZod(schema);
      case 'valibot':
        return shapeOfValibot(schema);
      case 'arktype':
        return seesBeforeDeleting(schema) ? 'keep' : shapeOfJsonSchemas(schema);
      default:
        return shapeOfJsonSchemas(schema);
    }
  } catch {
    // A schema that cannot tell its shape is validated against the whole document.
    return 'keep';
  }
}

/** ArkType's predicates and morphs run on the value before undeclared keys are deleted from it. */
function seesBeforeDeleting(schema: object): boolean {
  const definition = JSON.stringify((schema as { json?: unknown }).json ?? '"predicate"');
  return definition.includes('"predicate"') || definition.includes('"morphs"');
}
