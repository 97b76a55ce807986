import { describe, expect, test } from 'vitest';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, type RawAnswer, rest } from './raw.js';

async function start() {
  const clock = new HeldClock();
  const sandbox = await openSandbox({ playground: false }, clock);
  const path = `/channels/${sandbox.channelId}/messages`;
  const call = (method: string, under = '', body?: unknown): Promise<RawAnswer> => {
    clock.advance(5_000);
    return rest(sandbox, `${method} ${path}${under}`, body === undefined ? {} : { body });
  };
  return { clock, sandbox, path, call, [Symbol.asyncDispose]: () => sandbox.close() };
}

test('a message is sent, read, edited and deleted', async () => {
  await using at = await start();
  const { body: sent } = await at.call('POST', '', { content: 'one', embeds: [{ title: 't' }] });
  expect(sent).toMatchObject({
    content: 'one',
    type: 0,
    edited_timestamp: null,
    author: { id: at.sandbox.applicationId },
  });
  const { body: edited } = await at.call('PATCH', `/${sent.id}`, { content: 'two' });
  expect(edited).toMatchObject({ id: sent.id, content: 'two', embeds: [{ title: 't' }] });
  expect(edited.edited_timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
  expect((await at.call('PATCH', `/${sent.id}`, { embeds: null })).body.embeds).toEqual([]);
  expect((await at.call('GET', `/${sent.id}`)).body.content).toBe('two');
  expect(await at.call('PATCH', `/${sent.id}`, { content: '' })).toMatchObject({ status: 400, body: { code: 50006 } });
  expect((await at.call('DELETE', `/${sent.id}`)).status).toBe(204);
  expect(await at.call('GET', `/${sent.id}`)).toMatchObject({ status: 404, body: { code: 10008 } });
});

test('another one’s message cannot be edited, and in private not deleted', async () => {
  await using at = await start();
  const { id } = at.sandbox.say(at.sandbox.channelId, 'mine');
  expect(await at.call('PATCH', `/${id}`, { content: 'yours' })).toMatchObject({ status: 403, body: { code: 50005 } });
  expect((await at.call('DELETE', `/${id}`)).status).toBe(204);
  const direct = at.sandbox.direct('ada').id;
  const secret = at.sandbox.say(direct, 'mine');
  expect(await rest(at.sandbox, `DELETE /channels/${direct}/messages/${secret.id}`)).toMatchObject({
    status: 403,
    body: { code: 50003 },
  });
});

test('the newest come first, within limit, before, after and around', async () => {
  await using at = await start();
  const ids = Array.from({ length: 9 }, (_, index) => at.sandbox.say(at.sandbox.channelId, `${index}`).id);
  const contents = async (query: string) =>
    (await at.call('GET', query)).body.map((message: { content: string }) => message.content).join('');
  expect(await contents('')).toBe('876543210');
  expect(await contents('?limit=3')).toBe('876');
  expect(await contents(`?limit=3&before=${ids[5]}`)).toBe('432');
  expect(await contents(`?limit=3&after=${ids[5]}`)).toBe('876');
  expect(await contents(`?limit=2&after=${ids[2]}`)).toBe('43');
  expect(await contents(`?limit=5&around=${ids[4]}`)).toBe('65432');
  expect(await at.call('GET', '?limit=101')).toMatchObject({
    status: 400,
    body: { errors: { limit: { _errors: [{ code: 'NUMBER_TYPE_MAX' }] } } },
  });
});

test('several are deleted at once', async () => {
  await using at = await start();
  const ids = Array.from({ length: 3 }, (_, index) => at.sandbox.say(at.sandbox.channelId, `${index}`).id);
  expect((await at.call('POST', '/bulk-delete', { messages: ids.slice(0, 2) })).status).toBe(204);
  expect(at.sandbox.messages().map((message) => message.content)).toEqual(['2']);
  expect((await at.call('POST', '/bulk-delete', { messages: ids.slice(2) })).status).toBe(400);
});

test('a reply shows what it replies to', async () => {
  await using at = await start();
  const { id } = at.sandbox.say(at.sandbox.channelId, 'question', { user: 'grace' });
  const { body } = await at.call('POST', '', { content: 'answer', message_reference: { message_id: id } });
  expect(body).toMatchObject({
    type: 19,
    message_reference: { message_id: id, channel_id: at.sandbox.channelId, guild_id: at.sandbox.guildId },
    referenced_message: { content: 'question' },
    mentions: [{ username: 'grace' }],
  });
  const orphan = { content: 'x', message_reference: { message_id: '1', fail_if_not_exists: false } };
  expect((await at.call('POST', '', orphan)).body.type).toBe(0);
});

describe('who is pinged', () => {
  test.each<[string, object | undefined, boolean, boolean]>([
    ['everyone named, when nothing is said', undefined, true, true],
    ['nobody, with parse: []', { parse: [] }, false, false],
    ['users only', { parse: ['users'] }, true, false],
    ['those listed', { users: ['USER'] }, true, false],
    ['everyone and here', { parse: ['everyone'] }, false, true],
  ])('%s', async (_, allowed_mentions, user, everyone) => {
    await using at = await start();
    const { id } = at.sandbox.say(at.sandbox.channelId, 'hi', { user: 'grace' }).author;
    const body = JSON.parse(JSON.stringify({ content: '<@USER> @everyone', allowed_mentions }).replaceAll('USER', id));
    const sent = (await at.call('POST', '', body)).body;
    expect([sent.mentions.length === 1, sent.mention_everyone]).toEqual([user, everyone]);
  });

  test('a reply pings only when asked, once mentions are restricted', async () => {
    await using at = await start();
    const { id } = at.sandbox.say(at.sandbox.channelId, 'hi', { user: 'grace' });
    const reply = (allowed_mentions: object) =>
      at.call('POST', '', { content: 'x', message_reference: { message_id: id }, allowed_mentions });
    expect((await reply({ parse: [] })).body.mentions).toEqual([]);
    expect((await reply({ parse: [], replied_user: true })).body.mentions).toMatchObject([{ username: 'grace' }]);
  });
});

test('reactions are added, counted, listed and taken back', async () => {
  await using at = await start();
  const { id } = at.sandbox.say(at.sandbox.channelId, 'nice');
  const path = `/${id}/reactions/${encodeURIComponent('👍')}`;
  expect((await at.call('PUT', `${path}/@me`)).status).toBe(204);
  expect((await at.call('GET', `/${id}`)).body.reactions).toMatchObject([
    { count: 1, me: true, emoji: { id: null, name: '👍' } },
  ]);
  expect((await at.call('GET', path)).body).toMatchObject([{ id: at.sandbox.applicationId }]);
  await at.call('DELETE', `${path}/@me`);
  expect((await at.call('GET', `/${id}`)).body.reactions).toEqual([]);
  expect(await at.call('PUT', `/${id}/reactions/nonsense/@me`)).toMatchObject({ status: 400, body: { code: 10014 } });
});

test('channels, users, guilds, members', async () => {
  await using at = await start();
  const { sandbox } = at;
  const get = async (path: string) => (await rest(sandbox, `GET ${path}`)).body;
  expect(await get('/users/@me')).toMatchObject({ id: sandbox.applicationId, bot: true });
  expect(await get('/applications/@me')).toMatchObject({
    id: sandbox.applicationId,
    bot: { id: sandbox.applicationId },
  });
  expect(await get('/applications/@me')).not.toHaveProperty('install_params');
  expect(await get('/users/@me/guilds')).toMatchObject([{ id: sandbox.guildId }]);
  expect(await get(`/guilds/${sandbox.guildId}`)).toMatchObject({ name: 'Sandbox' });
  expect(await get(`/guilds/${sandbox.guildId}/channels`)).toMatchObject([{ id: sandbox.channelId }]);
  expect(await get(`/guilds/${sandbox.guildId}/members/search?query=AD`)).toMatchObject([
    { user: { username: 'ada' } },
  ]);
  expect(await get(`/guilds/${sandbox.guildId}/members?limit=10`)).toHaveLength(2);
  expect(await get(`/channels/${sandbox.channelId}`)).toMatchObject({ type: 0, guild_id: sandbox.guildId });
  const [{ user }] = await get(`/guilds/${sandbox.guildId}/members/search?query=ada`);
  expect((await rest(sandbox, 'POST /users/@me/channels', { body: { recipient_id: user.id } })).body).toMatchObject({
    type: 1,
    id: sandbox.direct('ada').id,
    recipients: [{ username: 'ada' }],
  });
  expect((await rest(sandbox, 'PATCH /users/@me', { body: { username: 'Renamed' } })).body.username).toBe('Renamed');
  for (const [path, code] of [
    ['/users/1', 10013],
    ['/guilds/1', 10004],
    ['/channels/1', 10003],
    [`/guilds/${sandbox.guildId}/members/1`, 10013],
  ]) {
    expect(await get(`${path}`), `${path}`).toMatchObject({ code });
  }
});
