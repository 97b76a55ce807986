// json(schema): what a schema accepts, refuses and returns is the same for small bodies, validated whole, and for large ones,
// which a worker cuts down to what the schema can see.

import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandardSchema } from '../src/core/response.js';
import { ValidationError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const here = createReadings();
const away = createReadings({ offload: 0, workers: 1 });
afterAll(async () => {
  await here.close();
  await away.close();
});

const document = {
  id: 7,
  name: 'a',
  extra: 'x'.repeat(100),
  owner: { login: 'me', extra: 1, tags: [{ t: 1, extra: 2 }] },
  items: [
    { n: 1, extra: true },
    { n: 2, deep: { extra: 1 } },
  ],
  byName: { one: { n: 1, extra: 0 }, two: { n: 2 } },
  kind: 'cat',
  date: '2024-01-01',
  children: [{ id: 8, children: [{ id: 9, extra: 1, children: [] }], extra: 1 }],
};

interface Tree {
  id: number;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.object({
  id: z.number(),
  get children() {
    return z.array(tree);
  },
});
const lazyTree: z.ZodType<Tree> = z.lazy(() => z.object({ id: z.number(), children: z.array(lazyTree) }));
const seen: unknown[] = [];
const see = (value: unknown) => {
  seen.push(value);
  return value;
};

/** The schema, and whether a worker may leave something out for it. */
const schemas: Record<string, [StandardSchema, boolean]> = {
  'zod: object': [z.object({ id: z.number(), name: z.string() }), true],
  'zod: nested': [
    z.object({
      owner: z.object({ login: z.string(), tags: z.array(z.object({ t: z.number() })) }).nullable(),
      items: z.array(z.object({ n: z.int() })).optional(),
    }),
    true,
  ],
  'zod: loose': [z.looseObject({ owner: z.object({ login: z.string() }) }), true],
  'zod: loose all through': [z.looseObject({ id: z.number() }), false],
  'zod: strict': [z.strictObject({ id: z.number() }), false],
  'zod: catchall': [z.object({ id: z.number() }).catchall(z.string()), false],
  'zod: record': [z.object({ byName: z.record(z.string(), z.object({ n: z.number() })) }), true],
  'zod: union': [
    z.object({ owner: z.union([z.object({ login: z.string() }), z.object({ extra: z.number() })]) }),
    true,
  ],
  'zod: discriminated': [
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('cat'), id: z.number() }),
      z.object({ kind: z.literal('dog') }),
    ]),
    false,
  ],
  'zod: intersection': [z.intersection(z.object({ id: z.number() }), z.object({ extra: z.string() })), false],
  'zod: transform and coercion': [
    z.object({ date: z.coerce.date(), owner: z.object({ login: z.string() }).transform((o) => see(o)) }),
    true,
  ],
  'zod: preprocess': [
    z.preprocess(
      (value) => ({ ...(value as object), id: Object.keys(value as object).length }),
      z.object({ id: z.number() }),
    ),
    false,
  ],
  'zod: refined': [z.object({ id: z.number() }).refine((value) => !('extra' in value)), true],
  'zod: defaults': [
    z.object({ none: z.string().default('d'), owner: z.object({ login: z.string() }).default({ login: '' }) }),
    true,
  ],
  'zod: recursive': [tree as StandardSchema, true],
  'zod: lazy': [lazyTree as StandardSchema, true],
  'zod: any': [z.any(), false],
  'zod: wrong type': [z.object({ id: z.string() }), true],
  'zod: missing': [z.object({ none: z.string() }), true],
  'zod: array for an object': [z.object({ items: z.object({ n: z.number() }) }), true],
  'zod: object for an array': [z.object({ owner: z.array(z.object({ n: z.number() })) }), true],
  'valibot: object': [v.object({ id: v.number(), owner: v.object({ login: v.string() }) }), true],
  'valibot: loose': [v.looseObject({ id: v.number() }), false],
  'valibot: strict': [v.strictObject({ id: v.number() }), false],
  'valibot: rest': [v.objectWithRest({ id: v.number() }, v.unknown()), false],
  'valibot: piped': [
    v.pipe(
      v.object({ id: v.number() }),
      v.check((value) => !('extra' in value)),
    ),
    true,
  ],
  'valibot: wrapped': [
    v.object({
      owner: v.nullish(v.object({ login: v.optional(v.string()) })),
      items: v.array(v.object({ n: v.number() })),
    }),
    true,
  ],
  'valibot: piped into': [
    v.pipe(
      v.unknown(),
      v.transform((value) => Object.keys(value as object).length),
    ),
    false,
  ],
  'valibot: as JSON Schema only, which does not tell loose from not': [
    toStandardJsonSchema(v.object({ id: v.number() })),
    false,
  ],
  'valibot: variant': [v.variant('kind', [v.object({ kind: v.literal('cat'), id: v.number() })]), false],
  'arktype: keeps what it does not name': [type({ id: 'number' }) as StandardSchema, false],
  'arktype: deletes it': [
    type({ id: 'number', owner: { login: 'string' } }).onDeepUndeclaredKey('delete') as StandardSchema,
    true,
  ],
  'arktype: rejects it': [type({ '+': 'reject', id: 'number' }) as StandardSchema, false],
  'arktype: narrowed before it deletes': [
    type({ '+': 'delete', id: 'number' }).narrow((value) => 'extra' in value) as StandardSchema,
    false,
  ],
};

async function outcome(
  readings: typeof here,
  schema: StandardSchema,
  body = JSON.stringify(document),
): Promise<unknown> {
  try {
    return { value: await responseOf(readings, body, 'application/json').json(schema) };
  } catch (error) {
    if (!(error instanceof ValidationError)) return String(error);
    const { message, issues } = error;
    return {
      message,
      issues: issues.map((issue) => [
        issue.message,
        issue.path?.map((key) => (typeof key === 'object' ? key.key : key)),
      ]),
    };
  }
}

describe('small and large bodies validate alike', () => {
  it.each(Object.entries(schemas))('%s', async (_, [schema, cut]) => {
    const before = away.offloaded;
    expect(await outcome(away, schema)).toEqual(await outcome(here, schema));
    expect(away.offloaded - before).toBe(cut ? 1 : 0);
    for (const body of ['null', '[]', '"x"', '{}'])
      expect(await outcome(away, schema, body)).toEqual(await outcome(here, schema, body));
  });
});

it('a value validates to what the schema makes of it', async () => {
  expect(
    await responseOf(away, JSON.stringify(document)).json(z.object({ id: z.number(), date: z.coerce.date() })),
  ).toEqual({
    id: 7,
    date: new Date('2024-01-01'),
  });
});

it('only what the schema names comes back to this thread', async () => {
  let received: unknown;
  const closed = {
    type: 'object',
    properties: { id: { type: 'number' }, __proto__x: {}, list: { type: 'array', items: { $ref: '#/$defs/n' } } },
    required: ['id'],
  };
  const definitions = (output: boolean) => ({
    n: { type: 'object', properties: { n: { type: 'number' } }, ...(output && { additionalProperties: false }) },
  });
  const schema: StandardSchema = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value: unknown) => {
        received = value;
        return { value };
      },
      jsonSchema: {
        input: () => ({ ...closed, $defs: definitions(false) }),
        output: () => ({ ...closed, additionalProperties: false, $defs: definitions(true) }),
      },
    } as StandardSchema['~standard'],
  };
  await responseOf(away, '{"id":1,"other":[2],"list":[{"n":1,"m":2},3,null],"__proto__":{"x":1}}').json(schema);
  expect(received).toEqual({ id: 1, list: [{ n: 1 }, 3, null] });
  await responseOf(here, '{"id":1,"other":[2]}').json(schema);
  expect(received).toEqual({ id: 1, other: [2] });
});

describe('errors', () => {
  it('a ValidationError has the issues, and the facts of the call', async () => {
    const error = (await failure(responseOf(here, '{"id":"x"}').json(z.object({ id: z.number() })))) as ValidationError;
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ code: 'ERRAND_VALIDATION', method: 'GET', url: 'http://host.test/document' });
    expect(error.issues[0]).toMatchObject({ path: ['id'] });
  });

  it('an asynchronous schema is waited for', async () => {
    const schema = z.object({ id: z.number() }).refine(async ({ id }) => id > 1);
    expect(await responseOf(here, '{"id":2}').json(schema)).toEqual({ id: 2 });
    expect(await failure(responseOf(here, '{"id":1}').json(schema))).toBeInstanceOf(ValidationError);
  });

  it('what is no schema is a TypeError', async () => {
    expect(await failure(responseOf(here, '{}').json({} as StandardSchema))).toBeInstanceOf(TypeError);
  });

  it('what a schema throws is thrown', async () => {
    const broken = z.object({ id: z.number().transform(() => Object.assign(Object.create(null)).none.none) });
    expect(await failure(responseOf(here, '{"id":1}').json(broken))).toBeInstanceOf(TypeError);
  });
});
