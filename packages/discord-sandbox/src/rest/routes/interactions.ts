/**
 * The bot's acknowledgement of an interaction: `POST /interactions/:id/:token/callback`, in each of its kinds.
 */
import { ApplicationCommandOptionType, MessageFlags } from 'discord-api-types/v10';
import type { WorldInteraction, WorldMessage } from '../../world/types.js';
import type { World } from '../../world/world.js';
import type { IncomingFile } from '../body.js';
import { type Field, Form } from '../form.js';
import { readChoices } from '../forms/command-option.js';
import { mustShow, readMessage } from '../forms/message.js';
import { readModal } from '../forms/modal.js';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../route.js';
import { withFiles } from '../uploads.js';

const KINDS = [4, 5, 6, 7, 8, 9] as const;

export const interactionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    auth: false,
    allowance: { limit: 5, window: 1_000 },
    handle: callback,
  },
];

function callback({ world, params, query, body }: Call): Answer {
  const interaction = world.interactions.awaiting(params.interaction!, params.token!);
  const form = new Form(body.json);
  form.object(true);
  const kind = form.at('type').choice(KINDS, true);
  if (kind !== undefined && !world.interactions.accepts(interaction.type, kind)) {
    form.at('type').fail('INTERACTION_TYPE_INVALID', `Response type ${kind} cannot answer an interaction of this kind`);
  }
  form.settle();
  const message = answer(world, interaction, kind!, form, body.files);
  return query.get('with_response') === 'true' ? ok(described(interaction, kind!, message)) : NO_CONTENT;
}

function answer(
  world: World,
  interaction: WorldInteraction,
  kind: (typeof KINDS)[number],
  form: Form,
  incoming: readonly IncomingFile[],
): WorldMessage | undefined {
  const data = form.at('data');
  switch (kind) {
    case 4: {
      const message = readMessage(data, 'interaction');
      form.settle();
      mustShow(message, incoming.length);
      const ephemeral = ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
      return world.answers.reply(interaction, withFiles(message, incoming, shelf(world, interaction, ephemeral)));
    }
    case 5: {
      const flags = data.at('flags').integer({ min: 0 }) ?? 0;
      form.settle();
      return world.answers.defer(interaction, (flags & MessageFlags.Ephemeral) !== 0);
    }
    case 6:
      return void world.answers.deferUpdate(interaction);
    case 7:
      return update(world, interaction, data, form, incoming);
    case 8: {
      const choices = data.object(true) ? readChoices(data.at('choices'), focusedType(world, interaction)) : [];
      form.settle();
      return void world.answers.suggest(interaction, choices);
    }
    case 9: {
      const modal = readModal(data);
      form.settle();
      return void world.answers.ask(interaction, modal!);
    }
  }
}

function update(
  world: World,
  interaction: WorldInteraction,
  data: Field,
  form: Form,
  incoming: readonly IncomingFile[],
): WorldMessage {
  const message = data.given ? readMessage(data, 'interaction') : {};
  form.settle();
  const source = world.answers.source(interaction);
  const place = shelf(world, interaction, source.viewer !== null);
  return world.answers.update(interaction, withFiles(message, incoming, place, source.uploads));
}

function shelf(world: World, interaction: WorldInteraction, ephemeral: boolean) {
  return { files: world.files, channelId: interaction.channel, ephemeral };
}

interface Focusable {
  readonly type: ApplicationCommandOptionType;
  readonly focused?: boolean;
  readonly options?: readonly Focusable[];
}

function focusedType(world: World, interaction: WorldInteraction): ApplicationCommandOptionType {
  const data = world.interactions.payload(interaction.id)?.data as { options?: readonly Focusable[] } | undefined;
  const search = (options: readonly Focusable[]): ApplicationCommandOptionType | undefined => {
    for (const option of options) {
      const found = option.focused ? option.type : search(option.options ?? []);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(data?.options ?? []) ?? ApplicationCommandOptionType.String;
}

function described(interaction: WorldInteraction, kind: number, message: WorldMessage | undefined) {
  const flags = message?.payload.flags ?? 0;
  const seen = message
    ? {
        response_message_id: message.id,
        response_message_loading: (flags & MessageFlags.Loading) !== 0,
        response_message_ephemeral: message.viewer !== null,
      }
    : {};
  const types = { command: 2, component: 3, autocomplete: 4, modal: 5 };
  return {
    interaction: { id: interaction.id, type: types[interaction.type], ...seen },
    resource: { type: kind, ...(message ? { message: message.payload } : {}) },
  };
}
