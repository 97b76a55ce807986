// The shape of a schema that offers Standard JSON Schema. An object may lose what it does not name only where the input
// schema leaves additional properties open and the output schema, at the same place, rules them out: then validation strips.
import { type Shape, ShapeMemory } from './shape.js';

type JsonSchema = Readonly<Record<string, unknown>>;
interface Pair {
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}
interface Roots extends Pair {
  readonly memory: ShapeMemory<JsonSchema>;
}

const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } };
// What says nothing about which members are there. Any other keyword keeps the whole value.
const harmless = new Set([
  '$schema', '$id', '$defs', 'definitions', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly',
  'writeOnly', 'type', 'format', 'required', 'properties', 'additionalProperties', 'items', 'minItems', 'maxItems',
]); // biome-ignore format: a list

export function shapeOfJsonSchemas(schema: object): Shape {
  const { jsonSchema } = (schema as { '~standard': { jsonSchema?: Converter } })['~standard'];
  if (typeof jsonSchema?.input !== 'function' || typeof jsonSchema.output !== 'function') return 'keep';
  const input = jsonSchema.input(options);
  const output = jsonSchema.output(options);
  return shapeOf({ input, output }, { input, output, memory: new ShapeMemory() });
}

interface Converter {
  readonly input: (options: object) => JsonSchema;
  readonly output: (options: object) => JsonSchema;
}

function shapeOf(pair: Pair, roots: Roots): Shape {
  const input = resolve(pair.input, roots.input);
  const output = resolve(pair.output, roots.output);
  if (input === undefined || output === undefined || !plain(input) || !plain(output)) return 'keep';
  if (input.type !== output.type) return 'keep';
  if (input.type === 'array') {
    const inner = { input: input.items, output: output.items };
    if (!isSchema(inner.input) || !isSchema(inner.output)) return 'keep';
    return roots.memory.make(input, (draft) => {
      draft.items = shapeOf(inner as Pair, roots);
    });
  }
  return input.type === 'object' ? objectShape(input, output, roots) : 'keep';
}

function objectShape(input: JsonSchema, output: JsonSchema, roots: Roots): Shape {
  const names = isSchema(input.properties) ? input.properties : {};
  const outNames = isSchema(output.properties) ? output.properties : {};
  return roots.memory.make(input, (draft) => {
    for (const name of Object.keys(names)) {
      const inner = { input: names[name], output: Object.hasOwn(outNames, name) ? outNames[name] : undefined };
      draft.members.set(name, isSchema(inner.input) && isSchema(inner.output) ? shapeOf(inner as Pair, roots) : 'keep');
    }
    if (input.additionalProperties === undefined && output.additionalProperties === false) draft.others = 'drop';
  });
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => harmless.has(keyword));
}

/** Follows references inside the schema; undefined where one leads nowhere. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema | undefined {
  let at = schema;
  for (let steps = 0; steps < 32; steps++) {
    const { $ref } = at;
    if ($ref === undefined) return at;
    if (typeof $ref !== 'string' || !$ref.startsWith('#')) return undefined;
    let target: unknown = root;
    for (const part of $ref.slice(1).split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      target = isSchema(target) && Object.hasOwn(target, name) ? target[name] : undefined;
    }
    if (!isSchema(target)) return undefined;
    at = target;
  }
  return undefined;
}
