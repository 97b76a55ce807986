import { beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, type RawAnswer, RawGateway, received, rest } from './raw.js';

let sandbox: Sandbox;
const clock = new HeldClock();

beforeAll(async () => {
  sandbox = await openSandbox({ playground: false }, clock);
  return () => sandbox.close();
});

async function send(body: unknown): Promise<RawAnswer> {
  clock.advance(5_000);
  return rest(sandbox, `POST /channels/${sandbox.channelId}/messages`, { body });
}

/** The fault that Discord names at `path`, e.g. `embeds.0.title`. */
function faultAt(answer: RawAnswer, path: string): { code: string; message: string } | undefined {
  expect(answer).toMatchObject({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
  const place = path.split('.').reduce((inner, key) => inner?.[key], answer.body.errors);
  return place?._errors?.[0];
}

const embed = (fields: object) => ({ embeds: [fields] });
const long = (length: number) => 'x'.repeat(length);

describe('at the limit is taken, beyond it is refused with 50035 where it is', () => {
  test.each<[what: string, path: string, code: string, at: object, beyond: object]>([
    ['content', 'content', 'BASE_TYPE_MAX_LENGTH', { content: long(2_000) }, { content: long(2_001) }],
    ['embed title', 'embeds.0.title', 'BASE_TYPE_MAX_LENGTH', embed({ title: long(256) }), embed({ title: long(257) })],
    [
      'embed description',
      'embeds.0.description',
      'BASE_TYPE_MAX_LENGTH',
      embed({ description: long(4_096) }),
      embed({ description: long(4_097) }),
    ],
    [
      'embed author',
      'embeds.0.author.name',
      'BASE_TYPE_MAX_LENGTH',
      embed({ author: { name: long(256) } }),
      embed({ author: { name: long(257) } }),
    ],
    [
      'embed footer',
      'embeds.0.footer.text',
      'BASE_TYPE_MAX_LENGTH',
      embed({ footer: { text: long(2_048) } }),
      embed({ footer: { text: long(2_049) } }),
    ],
    [
      'field name',
      'embeds.0.fields.0.name',
      'BASE_TYPE_MAX_LENGTH',
      embed({ fields: [{ name: long(256), value: 'v' }] }),
      embed({ fields: [{ name: long(257), value: 'v' }] }),
    ],
    [
      'field value',
      'embeds.0.fields.0.value',
      'BASE_TYPE_MAX_LENGTH',
      embed({ fields: [{ name: 'n', value: long(1_024) }] }),
      embed({ fields: [{ name: 'n', value: long(1_025) }] }),
    ],
    [
      'number of fields',
      'embeds.0.fields',
      'BASE_TYPE_MAX_LENGTH',
      embed({ fields: fields(25) }),
      embed({ fields: fields(26) }),
    ],
    ['number of embeds', 'embeds', 'BASE_TYPE_MAX_LENGTH', { embeds: embeds(10, 1) }, { embeds: embeds(11, 1) }],
    [
      'all embeds together',
      'embeds',
      'MAX_EMBED_SIZE_EXCEEDED',
      { embeds: embeds(3, 2_000) },
      { embeds: [...embeds(3, 2_000), ...embeds(1, 1)] },
    ],
    [
      'colour',
      'embeds.0.color',
      'NUMBER_TYPE_MAX',
      embed({ title: 't', color: 0xffffff }),
      embed({ title: 't', color: 0x1000000 }),
    ],
    ['nonce', 'nonce', 'BASE_TYPE_MAX_LENGTH', { content: 'c', nonce: long(25) }, { content: 'c', nonce: long(26) }],
  ])('%s', async (_, path, code, at, beyond) => {
    expect((await send(at)).status).toBe(200);
    expect(faultAt(await send(beyond), path)?.code).toBe(code);
  });

  function fields(count: number) {
    return Array.from({ length: count }, (_, index) => ({ name: `n${index}`, value: 'v' }));
  }
  function embeds(count: number, length: number) {
    return Array.from({ length: count }, () => ({ description: long(length) }));
  }
});

test('characters are counted, not UTF-16 units; white space at the ends does not count', async () => {
  expect((await send({ content: '🌧'.repeat(2_000) })).status).toBe(200);
  expect((await send({ content: `  ${long(2_000)}\n` })).body.content).toBe(long(2_000));
  expect((await send({ embeds: [{ title: ` ${long(256)} ` }] })).status).toBe(200);
});

test('every fault is named at once', async () => {
  const { body } = await send({
    content: long(2_001),
    embeds: [{ title: 't' }, { fields: [{ name: '', value: 'v' }], url: 'ftp://x' }],
  });
  expect(body).toEqual({
    code: 50035,
    message: 'Invalid Form Body',
    errors: {
      content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }] },
      embeds: {
        1: {
          url: {
            _errors: [{ code: 'URL_TYPE_INVALID_SCHEME', message: expect.stringContaining('"ftp" is not supported') }],
          },
          fields: { 0: { name: { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] } } },
        },
      },
    },
  });
});

test.each<[what: string, body: object, path: string, code: string]>([
  [
    'an empty field value',
    embed({ fields: [{ name: 'n', value: '   ' }] }),
    'embeds.0.fields.0.value',
    'BASE_TYPE_REQUIRED',
  ],
  ['an image that is no address', embed({ image: { url: 'nonsense' } }), 'embeds.0.image.url', 'URL_TYPE_INVALID_URL'],
  ['an image without address', embed({ image: {} }), 'embeds.0.image.url', 'BASE_TYPE_REQUIRED'],
  [
    'a data: image',
    embed({ image: { url: 'data:image/png;base64,AAAA' } }),
    'embeds.0.image.url',
    'URL_TYPE_INVALID_URL',
  ],
  [
    'a file: thumbnail',
    embed({ thumbnail: { url: 'file:///etc/hostname' } }),
    'embeds.0.thumbnail.url',
    'URL_TYPE_INVALID_SCHEME',
  ],
  ['a time that is none', embed({ title: 't', timestamp: 'soon' }), 'embeds.0.timestamp', 'DATE_TIME_TYPE_PARSE'],
  ['a colour that is a word', embed({ title: 't', color: 'red' }), 'embeds.0.color', 'NUMBER_TYPE_COERCE'],
  ['embeds that are no list', { embeds: {} }, 'embeds', 'LIST_TYPE_CONVERT'],
  ['an embed that is no object', { embeds: ['x'] }, 'embeds.0', 'DICT_TYPE_CONVERT'],
  ['content that is an object', { content: { a: 1 } }, 'content', 'STRING_TYPE_CONVERT'],
  [
    'mentions that contradict themselves',
    { content: 'c', allowed_mentions: { parse: ['users'], users: ['1'] } },
    'allowed_mentions',
    'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
  ],
  [
    'a reply to nothing',
    { content: 'c', message_reference: { message_id: '1' } },
    'message_reference',
    'REPLIES_UNKNOWN_MESSAGE',
  ],
])('%s is refused', async (_, body, path, code) => {
  expect(faultAt(await send(body), path)?.code).toBe(code);
});

test.each([{}, { content: '' }, { content: '   ' }, { embeds: [] }, { embeds: [{}] }, { content: null }])(
  'nothing to see in %j is 400 50006',
  async (body) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      body: { code: 50006, message: 'Cannot send an empty message' },
    });
  },
);

test('unknown keys are dropped; attachment:// without its file is left out', async () => {
  const { body } = await send({ embeds: [{ title: 't', secret: 1, image: { url: 'attachment://gone.png' } }] });
  expect(body.embeds).toEqual([{ type: 'rich', title: 't' }]);
});

test('a body that is not JSON is 400 50109, of another kind 50035, none at all is an empty message', async () => {
  const path = `POST /channels/${sandbox.channelId}/messages`;
  clock.advance(5_000);
  const broken = await rest(sandbox, path, { body: '{"content":', headers: { 'Content-Type': 'application/json' } });
  expect(broken).toMatchObject({ status: 400, body: { code: 50109 } });
  const text = await rest(sandbox, path, { body: 'hello', headers: { 'Content-Type': 'text/plain' } });
  expect(text).toMatchObject({ status: 400, body: { code: 50035 } });
  for (const body of ['[]', '"x"', 'null']) {
    clock.advance(5_000);
    const answer = await rest(sandbox, path, { body, headers: { 'Content-Type': 'application/json' } });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
  }
});

test('in an answer to an interaction the faults are under data, and the user is told the last of them', async () => {
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply, interaction } = await received(sandbox, gateway);
  const answer = await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 4, data: { content: long(2_001) } },
    token: null,
  });
  expect(faultAt(answer, 'data.content')?.code).toBe('BASE_TYPE_MAX_LENGTH');
  clock.advance(3_000);
  const { error } = await reply;
  expect(error).toMatchObject({ status: 404, code: 10062 });
  expect(error?.message).toContain('The application did not respond');
  expect(error?.message).toContain('data.content: Must be 2000 or fewer in length.');
});
