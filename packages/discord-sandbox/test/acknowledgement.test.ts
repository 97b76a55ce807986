import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, RawGateway, received, rest } from './raw.js';

const reply = (content: string) => ({ body: { type: 4, data: { content } }, token: null });

async function held() {
  const clock = new HeldClock();
  const sandbox = await openSandbox({ playground: false }, clock);
  const gateway = await RawGateway.identified(sandbox, 0);
  return { clock, sandbox, gateway };
}

test('an acknowledgement needs no bot token and answers 204', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  const answer = await rest(
    sandbox,
    `POST /interactions/${interaction.id}/${interaction.token}/callback`,
    reply('Yes'),
  );
  expect(answer.status).toBe(204);
  expect(await seen).toMatchObject({ content: 'Yes', deferred: false });
});

test('with_response tells which message came of it', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  const path = `/interactions/${interaction.id}/${interaction.token}/callback?with_response=true`;
  const { status, body } = await rest(sandbox, `POST ${path}`, { body: { type: 5, data: { flags: 64 } }, token: null });
  expect(status).toBe(200);
  expect(body.interaction).toMatchObject({
    id: interaction.id,
    type: 2,
    response_message_loading: true,
    response_message_ephemeral: true,
  });
  expect(body.resource).toMatchObject({ type: 5, message: { id: body.interaction.response_message_id, flags: 192 } });
  await rest(sandbox, `PATCH /webhooks/${sandbox.applicationId}/${interaction.token}/messages/@original`, {
    body: { content: 'Done' },
    token: null,
  });
  expect(await seen).toMatchObject({ content: 'Done', ephemeral: true, deferred: true });
});

test('a second acknowledgement is refused with 400 40060', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  const path = `POST /interactions/${interaction.id}/${interaction.token}/callback`;
  await rest(sandbox, path, reply('Yes'));
  const again = await rest(sandbox, path, reply('No'));
  expect(again.status).toBe(400);
  expect(again.body).toEqual({ code: 40060, message: 'Interaction has already been acknowledged.' });
  expect((await seen).content).toBe('Yes');
});

test('after three seconds it is refused with 404 10062, and the user sees that nobody answered', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { reply: seen, interaction } = await received(sandbox, gateway);
  clock.advance(2_999);
  expect(sandbox.messages()).toEqual([]);
  clock.advance(1);
  expect(await seen).toMatchObject({
    content: '',
    acknowledgedAfter: Number.NaN,
    answeredAfter: 3_000,
    error: { status: 404, code: 10062, message: 'The application did not respond' },
  });
  const late = await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, reply('Late'));
  expect(late.status).toBe(404);
  expect(late.body).toEqual({ code: 10062, message: 'Unknown interaction' });
});

test('an acknowledgement just in time is taken', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { reply: seen, interaction } = await received(sandbox, gateway);
  clock.advance(2_900);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, reply('In time'));
  expect(await seen).toMatchObject({ content: 'In time', acknowledgedAfter: 2_900, answeredAfter: 2_900 });
});

test('a wrong token or id is an unknown interaction, and before an acknowledgement there is no webhook', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { interaction } = await received(sandbox, gateway);
  for (const path of [
    `/interactions/${interaction.id}/nonsense/callback`,
    `/interactions/1/${interaction.token}/callback`,
  ]) {
    expect((await rest(sandbox, `POST ${path}`, reply('?'))).body).toMatchObject({ code: 10062 });
  }
  const webhook = `/webhooks/${sandbox.applicationId}/${interaction.token}`;
  const early = await rest(sandbox, `PATCH ${webhook}/messages/@original`, { body: { content: 'x' }, token: null });
  expect(early).toMatchObject({ status: 404, body: { code: 10015, message: 'Unknown Webhook' } });
});

test('the token lives fifteen minutes: then 401 50027, and 404 10015 for one that never was', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { reply: seen, interaction } = await received(sandbox, gateway);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 5 },
    token: null,
  });
  const path = `PATCH /webhooks/${sandbox.applicationId}/${interaction.token}/messages/@original`;
  clock.advance(15 * 60_000);
  expect(await seen).toMatchObject({ deferred: true, error: { status: 401, code: 50027 } });
  const late = await rest(sandbox, path, { body: { content: 'Too late' }, token: null });
  expect(late).toMatchObject({ status: 401, body: { code: 50027, message: 'Invalid Webhook Token' } });
  const never = await rest(sandbox, `POST /webhooks/${sandbox.applicationId}/abc`, {
    body: { content: 'x' },
    token: null,
  });
  expect(never).toMatchObject({ status: 404, body: { code: 10015 } });
});

test('until the last moment of the token the answer may be edited', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { reply: seen, interaction } = await received(sandbox, gateway);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 5 },
    token: null,
  });
  clock.advance(15 * 60_000 - 1);
  await rest(sandbox, `PATCH /webhooks/${sandbox.applicationId}/${interaction.token}/messages/%40original`, {
    body: { content: 'Phew' },
    token: null,
  });
  expect(await seen).toMatchObject({ content: 'Phew', answeredAfter: 15 * 60_000 - 1 });
});

test.each([1, 8, 10, 'x', undefined])('a command cannot be answered with type %s', async (type) => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { interaction } = await received(sandbox, gateway);
  const { status, body } = await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type, data: {} },
    token: null,
  });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 50035, errors: { type: { _errors: [expect.anything()] } } });
});

test('whether it is ephemeral is decided at the acknowledgement', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  const webhook = `/webhooks/${sandbox.applicationId}/${interaction.token}`;
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 5 },
    token: null,
  });
  await rest(sandbox, `PATCH ${webhook}/messages/@original`, { body: { content: 'Hush', flags: 64 }, token: null });
  expect(await seen).toMatchObject({ content: 'Hush', ephemeral: false });
});

test('the first follow-up takes the place of "is thinking…" and its ephemerality; the next is a message of its own', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  const webhook = `POST /webhooks/${sandbox.applicationId}/${interaction.token}`;
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 5, data: { flags: 64 } },
    token: null,
  });
  await rest(sandbox, webhook, { body: { content: 'First' }, token: null });
  const second = await rest(sandbox, webhook, { body: { content: 'Second' }, token: null });
  expect(await seen).toMatchObject({ content: 'First', ephemeral: true });
  expect(second.body.flags).toBe(0);
  expect(sandbox.messages().map((message) => [message.content, message.ephemeral])).toEqual([
    ['First', true],
    ['Second', false],
  ]);
});

test('a user-installed app may follow up five times, then 400 40094', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { interaction } = await received(sandbox, gateway, 'mine', { integration_types: [1], contexts: [0, 1, 2] });
  expect(interaction).toMatchObject({ authorizing_integration_owners: { 1: expect.any(String) } });
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, reply('Hello'));
  const webhook = `POST /webhooks/${sandbox.applicationId}/${interaction.token}`;
  const answers: unknown[] = [];
  for (let count = 1; count <= 6; count++) {
    clock.advance(1_000);
    const { status, body } = await rest(sandbox, webhook, { body: { content: `${count}` }, token: null });
    answers.push([status, body.code]);
  }
  expect(answers).toEqual([...Array.from({ length: 5 }, () => [200, undefined]), [400, 40094]]);
});

test('an app of the guild may follow up more often', async () => {
  const { clock, sandbox, gateway } = await held();
  await using _ = sandbox;
  using __ = gateway;
  const { interaction } = await received(sandbox, gateway);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, reply('Hello'));
  const webhook = `POST /webhooks/${sandbox.applicationId}/${interaction.token}`;
  for (let count = 1; count <= 8; count++) {
    clock.advance(1_000);
    expect((await rest(sandbox, webhook, { body: { content: `${count}` }, token: null })).status).toBe(200);
  }
  expect(sandbox.messages()).toHaveLength(9);
});

test('a deleted answer can neither be read nor edited', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  const { reply: seen, interaction } = await received(sandbox, gateway);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, reply('Hello'));
  expect((await seen).content).toBe('Hello');
  const original = `/webhooks/${sandbox.applicationId}/${interaction.token}/messages/@original`;
  expect((await rest(sandbox, `GET ${original}`, { token: null })).body).toMatchObject({ content: 'Hello', type: 20 });
  expect((await rest(sandbox, `DELETE ${original}`, { token: null })).status).toBe(204);
  expect(await rest(sandbox, `GET ${original}`, { token: null })).toMatchObject({ status: 404, body: { code: 10008 } });
  expect(sandbox.messages()).toEqual([]);
});
