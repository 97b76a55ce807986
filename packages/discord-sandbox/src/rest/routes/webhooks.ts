/**
 * The answer after the acknowledgement: `@original` and follow-ups, by the interaction's token.
 */
import { MessageFlags } from 'discord-api-types/v10';
import { refuse } from '../../refusal.js';
import type { WorldInteraction } from '../../world/types.js';
import { Form } from '../form.js';
import { mustShow, readMessage } from '../forms/message.js';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../route.js';
import { withFiles } from '../uploads.js';

const ALLOWANCE = { limit: 5, window: 2_000 };
const MESSAGE = '/webhooks/:application/:token/messages/:message';

export const webhookRoutes: readonly Route[] = [
  { method: 'POST', path: '/webhooks/:application/:token', auth: false, allowance: ALLOWANCE, handle: followUp },
  { method: 'GET', path: MESSAGE, auth: false, allowance: ALLOWANCE, handle: show },
  { method: 'PATCH', path: MESSAGE, auth: false, allowance: ALLOWANCE, handle: edit },
  { method: 'DELETE', path: MESSAGE, auth: false, allowance: ALLOWANCE, handle: remove },
];

function followUp(call: Call): Answer {
  const { world, body } = call;
  const interaction = interactionOf(call);
  const form = new Form(body.json);
  const message = readMessage(form, 'interaction');
  form.settle();
  mustShow(message, body.files.length);
  const promised = world.answers.promised(interaction);
  if (!promised) world.interactions.mayFollowUp(interaction.id);
  const ephemeral = promised ? interaction.ephemeral : ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const shelf = { files: world.files, channelId: interaction.channel, ephemeral };
  return ok(world.answers.followUp(interaction, withFiles(message, body.files, shelf)).payload);
}

function show(call: Call): Answer {
  return ok(call.world.answers.message(interactionOf(call), call.params.message!).payload);
}

function edit(call: Call): Answer {
  const { world, body, params } = call;
  const interaction = interactionOf(call);
  const before = world.answers.message(interaction, params.message!);
  const form = new Form(body.json);
  const message = readMessage(form, 'interaction');
  form.settle();
  const shelf = { files: world.files, channelId: interaction.channel, ephemeral: before.viewer !== null };
  const draft = withFiles(message, body.files, shelf, before.uploads);
  const { content, embeds, components } = { ...before.payload, ...draft };
  mustShow({ content, embeds, components: components ?? [] }, (draft.attachments ?? before.uploads).length);
  return ok(world.answers.edit(interaction, before.id, draft).payload);
}

function remove(call: Call): Answer {
  call.world.answers.remove(interactionOf(call), call.params.message!);
  return NO_CONTENT;
}

function interactionOf({ world, params }: Call): WorldInteraction {
  if (params.application !== world.applicationId) throw refuse.unknownWebhook();
  return world.interactions.byToken(params.token!);
}
