// Validation by a Standard Schema, always on the caller's thread: schemas hold functions.
import type { StandardSchema } from '../core/response.js';
import { type SchemaIssue, ValidationError } from '../errors.js';

/** @throws TypeError for what is no schema. */
export function requireSchema(schema: unknown): asserts schema is StandardSchema {
  const standard = (schema as StandardSchema | null)?.['~standard'];
  if (typeof standard?.validate === 'function') return;
  throw new TypeError('json(schema): expected a Standard Schema (zod, valibot, arktype, …), which this is not');
}

interface Outcome {
  readonly value?: unknown;
  readonly issues?: ReadonlyArray<SchemaIssue> | undefined;
}

/** What the schema makes of the value. @throws ValidationError with its issues. */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const outcome = schema['~standard'].validate(value) as Outcome | Promise<Outcome>;
  return outcome instanceof Promise ? outcome.then(accepted) : accepted(outcome);
}

function accepted(outcome: Outcome): unknown {
  if (outcome.issues) throw new ValidationError(outcome.issues);
  return outcome.value;
}
