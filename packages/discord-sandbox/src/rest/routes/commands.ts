/**
 * Registration of commands, for all guilds and for one: list, replace all, add, change, remove.
 */
import { ApplicationCommandType } from 'discord-api-types/v10';
import { Refusal, refuse } from '../../refusal.js';
import { type CommandBody, keyOf } from '../../world/commands.js';
import type { WorldCommand } from '../../world/types.js';
import { Form } from '../form.js';
import { patched, readCommand } from '../forms/command.js';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../route.js';

const MOST: Readonly<Record<number, number>> = {
  [ApplicationCommandType.ChatInput]: 100,
  [ApplicationCommandType.User]: 15,
  [ApplicationCommandType.Message]: 15,
};
const WRITING = { limit: 5, window: 4_000 };
const SCOPES = ['/applications/:application/commands', '/applications/:application/guilds/:guild/commands'];

export const commandRoutes: readonly Route[] = SCOPES.flatMap((path): Route[] => [
  { method: 'GET', path, handle: list },
  { method: 'PUT', path, allowance: WRITING, handle: replace },
  { method: 'POST', path, allowance: WRITING, handle: create },
  { method: 'GET', path: `${path}/:command`, handle: (call) => ok(commandOf(call).payload) },
  { method: 'PATCH', path: `${path}/:command`, allowance: WRITING, handle: update },
  { method: 'DELETE', path: `${path}/:command`, allowance: WRITING, handle: remove },
]);

function list(call: Call): Answer {
  const commands = call.world.commands.registered(scopeOf(call));
  const whole = call.query.get('with_localizations') === 'true';
  return ok(commands.map(({ payload }) => (whole ? payload : withoutLocalizations(payload))));
}

function replace(call: Call): Answer {
  const scope = scopeOf(call);
  const form = new Form(call.body.json);
  const fields = form.list({ required: true });
  const bodies = fields.map((field) => readCommand(field, scope !== null));
  const seen = new Set<string>();
  for (const [index, body] of bodies.entries()) {
    if (body && seen.has(keyOf(body))) {
      fields[index]!.fail('APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    }
    if (body) seen.add(keyOf(body));
  }
  form.settle();
  const whole = bodies as CommandBody[];
  mustFit(whole);
  return ok(call.world.commands.replace(scope, whole).map((command) => command.payload));
}

function create(call: Call): Answer {
  const scope = scopeOf(call);
  const form = new Form(call.body.json);
  const body = readCommand(form, scope !== null);
  form.settle();
  const others = call.world.commands.registered(scope).filter(({ payload }) => keyOf(payload) !== keyOf(body!));
  mustFit([...others.map(({ payload }) => payload), body!]);
  const { command, fresh } = call.world.commands.create(scope, body!);
  return { status: fresh ? 201 : 200, body: command.payload };
}

function update(call: Call): Answer {
  const command = commandOf(call);
  const form = new Form(patched(command.payload, call.body.json));
  const body = readCommand(form, command.guildId !== null);
  const others = call.world.commands.registered(command.guildId).filter((each) => each !== command);
  if (body && others.some(({ payload }) => keyOf(payload) === keyOf(body))) {
    form.at('name').fail('APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
  }
  form.settle();
  return ok(call.world.commands.update(command, body!).payload);
}

function remove(call: Call): Answer {
  call.world.commands.remove(commandOf(call));
  return NO_CONTENT;
}

function scopeOf({ world, params }: Call): string | null {
  if (params.application !== world.applicationId) throw refuse.unknownApplication();
  const guild = params.guild;
  if (guild === undefined) return null;
  if (!world.directory.guild(guild)) throw refuse.missingAccess();
  return guild;
}

function commandOf(call: Call): WorldCommand {
  const command = call.world.commands.get(scopeOf(call), call.params.command!);
  if (!command) throw refuse.unknownCommand();
  return command;
}

function mustFit(bodies: ReadonlyArray<{ type?: ApplicationCommandType }>): void {
  for (const [type, most] of Object.entries(MOST)) {
    const held = bodies.filter((body) => (body.type ?? ApplicationCommandType.ChatInput) === Number(type)).length;
    if (held > most) throw new Refusal(400, 30032, `Maximum number of application commands reached (${most}).`);
  }
}

function withoutLocalizations(payload: WorldCommand['payload']) {
  const { name_localizations: _, description_localizations: __, ...rest } = payload;
  return rest;
}
