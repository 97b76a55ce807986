import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, type RawAnswer, rest } from './raw.js';

let sandbox: Sandbox;
const clock = new HeldClock();

beforeAll(async () => {
  sandbox = await openSandbox({ playground: false }, clock);
});
afterAll(() => sandbox.close());

const command = (more: object = {}) => ({ name: 'weather', description: 'The weather', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'city', description: 'Where', ...more });

async function call(method: string, path = '', body?: unknown): Promise<RawAnswer> {
  clock.advance(4_000);
  return rest(sandbox, `${method} /applications/${sandbox.applicationId}${path}`, body === undefined ? {} : { body });
}
const replace = (...bodies: unknown[]) => call('PUT', '/commands', bodies);

describe('life of a command', () => {
  test('PUT replaces all and keeps the ids of those that stay', async () => {
    const first = await replace(command(), command({ name: 'page' }));
    expect(first.status).toBe(200);
    expect(first.body[0]).toMatchObject({
      name: 'weather',
      type: 1,
      application_id: sandbox.applicationId,
      default_member_permissions: null,
      nsfw: false,
      contexts: null,
      integration_types: [0],
      dm_permission: true,
    });
    const second = await replace(command({ description: 'Changed' }));
    expect(second.body).toMatchObject([{ id: first.body[0].id, description: 'Changed' }]);
    expect(second.body[0].version).not.toBe(first.body[0].version);
    expect(sandbox.commands()).toEqual([{ name: 'weather', description: 'Changed' }]);
  });

  test('POST answers 201, and 200 where it overwrites; GET, PATCH, DELETE by id', async () => {
    await replace();
    const made = await call('POST', '/commands', command());
    const again = await call('POST', '/commands', command({ description: 'Again' }));
    expect([made.status, again.status, made.body.id]).toEqual([201, 200, again.body.id]);
    const path = `/commands/${made.body.id}`;
    expect((await call('GET', path)).body.description).toBe('Again');
    const changed = await call('PATCH', path, { options: [option()] });
    expect(changed.body).toMatchObject({
      name: 'weather',
      description: 'Again',
      options: [{ name: 'city', required: false }],
    });
    expect((await call('DELETE', path)).status).toBe(204);
    expect(await call('GET', path)).toMatchObject({ status: 404, body: { code: 10063 } });
    expect((await call('GET', '/commands')).body).toEqual([]);
  });

  test('a guild has its own', async () => {
    await replace();
    const path = `/guilds/${sandbox.guildId}/commands`;
    const made = await call('PUT', path, [command()]);
    expect(made.body).toMatchObject([{ name: 'weather', guild_id: sandbox.guildId }]);
    expect((await call('GET', '/commands')).body).toEqual([]);
    expect((await call('GET', path)).body).toHaveLength(1);
    expect((await call('GET', `/commands/${made.body[0].id}`)).status).toBe(404);
    expect(await call('PUT', '/guilds/1/commands', [])).toMatchObject({ status: 403, body: { code: 50001 } });
    await call('PUT', path, []);
  });

  test('another application is unknown; translations come when asked for', async () => {
    expect(await rest(sandbox, 'GET /applications/1/commands')).toMatchObject({ status: 404, body: { code: 10002 } });
    await replace(command({ name_localizations: { de: 'wetter' } }));
    expect((await call('GET', '/commands')).body[0].name_localizations).toBeUndefined();
    expect((await call('GET', '/commands?with_localizations=true')).body[0].name_localizations).toEqual({
      de: 'wetter',
    });
  });

  test('a hundred fit, one more is 400 30032', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => command({ name: `c${index}` }));
    expect((await replace(...many(100))).status).toBe(200);
    expect(await call('POST', '/commands', command())).toMatchObject({ status: 400, body: { code: 30032 } });
    expect(await replace(...many(101))).toMatchObject({ status: 400, body: { code: 30032 } });
    await replace();
  });
});

describe('what Discord does not take', () => {
  test.each<[what: string, body: unknown, path: string, code: string]>([
    ['no name', { description: 'd' }, 'name', 'BASE_TYPE_REQUIRED'],
    ['capitals', command({ name: 'Weather' }), 'name', 'APPLICATION_COMMAND_INVALID_NAME'],
    ['a space', command({ name: 'the weather' }), 'name', 'APPLICATION_COMMAND_INVALID_NAME'],
    ['a long name', command({ name: 'x'.repeat(33) }), 'name', 'BASE_TYPE_BAD_LENGTH'],
    ['no description', { name: 'weather' }, 'description', 'BASE_TYPE_REQUIRED'],
    ['a long description', command({ description: 'x'.repeat(101) }), 'description', 'BASE_TYPE_BAD_LENGTH'],
    ['a type that is none', command({ type: 9 }), 'type', 'BASE_TYPE_CHOICES'],
    [
      'a description of a menu command',
      { type: 2, name: 'Who is it', description: 'x' },
      'description',
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      '26 options',
      command({ options: Array.from({ length: 26 }, (_, index) => option({ name: `o${index}` })) }),
      'options',
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a required option after an optional one',
      command({ options: [option(), option({ name: 'b', required: true })] }),
      'options.1',
      'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
    [
      'two options of one name',
      command({ options: [option(), option()] }),
      'options.1.name',
      'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
    ],
    ['an option of no kind', command({ options: [option({ type: 99 })] }), 'options.0.type', 'BASE_TYPE_CHOICES'],
    [
      'an option name with capitals',
      command({ options: [option({ name: 'City' })] }),
      'options.0.name',
      'APPLICATION_COMMAND_INVALID_NAME',
    ],
    [
      '26 choices',
      command({
        options: [
          option({ choices: Array.from({ length: 26 }, (_, index) => ({ name: `${index}`, value: `${index}` })) }),
        ],
      }),
      'options.0.choices',
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a choice of the wrong kind',
      command({ options: [option({ type: 4, choices: [{ name: 'a', value: 'one' }] })] }),
      'options.0.choices.0.value',
      'NUMBER_TYPE_COERCE',
    ],
    [
      'choices beside autocomplete',
      command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
      'options.0.autocomplete',
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES',
    ],
    [
      'a least value above the greatest',
      command({ options: [option({ type: 4, min_value: 5, max_value: 1 })] }),
      'options.0.max_value',
      'NUMBER_TYPE_MIN',
    ],
    [
      'a subcommand beside an option',
      command({ options: [{ type: 1, name: 'add', description: 'd' }, option()] }),
      'options',
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
    ],
    [
      'a group in a group',
      command({
        options: [{ type: 2, name: 'g', description: 'd', options: [{ type: 2, name: 'h', description: 'd' }] }],
      }),
      'options.0.options.0.type',
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
    ],
    [
      'a language that is none',
      command({ name_localizations: { xx: 'a' } }),
      'name_localizations.xx',
      'BASE_TYPE_CHOICES',
    ],
    [
      'more than 8000 characters',
      command({
        options: Array.from({ length: 20 }, (_, index) =>
          option({
            name: `o${index}`,
            choices: Array.from({ length: 25 }, (_, at) => ({ name: `${at}`.padStart(20, 'x'), value: `${at}` })),
          }),
        ),
      }),
      '',
      'APPLICATION_COMMAND_TOO_LARGE',
    ],
  ])('%s', async (_, body, path, code) => {
    const single = await call('POST', '/commands', body);
    expect(single).toMatchObject({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
    const at = (errors: RawAnswer['body'], keys: string[]) =>
      keys.filter(Boolean).reduce((place, key) => place?.[key], errors)?._errors?.[0]?.code;
    expect(at(single.body.errors, path.split('.'))).toBe(code);
    const bulk = await replace(body);
    expect(at(bulk.body.errors, ['0', ...path.split('.')])).toBe(code);
  });

  test('no key of a request reaches a prototype', async () => {
    const body = '{"name":"a","description":"d","name_localizations":{"__proto__":"x","constructor":"y"}}';
    const path = `POST /applications/${sandbox.applicationId}/commands`;
    const answer = await rest(sandbox, path, { body, headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.errors.name_localizations)).toEqual(['__proto__', 'constructor']);
    expect(({} as { _errors?: unknown })._errors).toBeUndefined();
  });

  test('two of one name', async () => {
    const { body } = await replace(command(), command());
    expect(body.errors).toEqual({
      1: {
        _errors: [{ code: 'APPLICATION_COMMANDS_DUPLICATE_NAME', message: 'Application command names must be unique' }],
      },
    });
    expect((await replace(command(), { type: 3, name: 'weather' })).status).toBe(200);
  });

  test('names of other scripts are fine', async () => {
    for (const name of ['погода', '天気', 'मौसम', 'météo', "l'eau_2-b"])
      expect((await call('POST', '/commands', command({ name }))).status, name).toBe(201);
    await replace();
  });
});
