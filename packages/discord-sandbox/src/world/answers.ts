/**
 * What the bot does with an interaction: answers, defers, edits, follows up, deletes. Holds to the acknowledgement:
 * whether an answer is ephemeral is decided there and never later.
 */
import {
  type APIApplicationCommandOptionChoice,
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  InteractionType,
  MessageFlags,
  MessageType,
} from 'discord-api-types/v10';
import { refuse } from '../refusal.js';
import type { Directory } from './directory.js';
import type { Interactions } from './interactions.js';
import type { Draft, Messages } from './messages.js';
import type { WorldInteraction, WorldMessage } from './types.js';

/** Bits of `flags` that an edit may set or clear. */
const EDITABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;

export class Answers {
  readonly #interactions: Interactions;
  readonly #messages: Messages;
  readonly #directory: Directory;

  constructor(interactions: Interactions, messages: Messages, directory: Directory) {
    this.#interactions = interactions;
    this.#messages = messages;
    this.#directory = directory;
  }

  reply(interaction: WorldInteraction, draft: Draft): WorldMessage {
    const message = this.#post(interaction, draft, isEphemeral(draft));
    this.#interactions.acknowledge(interaction.id, 4, { original: message.id, ephemeral: isEphemeral(draft) });
    return message;
  }

  defer(interaction: WorldInteraction, ephemeral: boolean): WorldMessage {
    const flags = MessageFlags.Loading | (ephemeral ? MessageFlags.Ephemeral : 0);
    const message = this.#post(interaction, { flags }, ephemeral);
    this.#interactions.acknowledge(interaction.id, 5, { original: message.id, ephemeral });
    return message;
  }

  deferUpdate(interaction: WorldInteraction): void {
    const source = this.source(interaction);
    this.#interactions.acknowledge(interaction.id, 6, { original: source.id, ephemeral: source.viewer !== null });
  }

  update(interaction: WorldInteraction, draft: Draft): WorldMessage {
    const source = this.source(interaction);
    const message = this.#messages.edit(source, { ...draft, flags: editedFlags(source, draft) });
    this.#interactions.acknowledge(interaction.id, 7, { original: source.id, ephemeral: source.viewer !== null });
    return message;
  }

  suggest(interaction: WorldInteraction, choices: readonly APIApplicationCommandOptionChoice[]): void {
    this.#interactions.acknowledge(interaction.id, 8, { choices });
  }

  ask(interaction: WorldInteraction, modal: APIModalInteractionResponseCallbackData): void {
    this.#interactions.acknowledge(interaction.id, 9, { modal });
  }

  /** The message that `@original` or an id of this interaction's messages stands for. */
  message(interaction: WorldInteraction, id: string): WorldMessage {
    const wanted = id === '@original' ? interaction.original : id;
    const own = wanted !== null && (wanted === interaction.original || interaction.followUps.includes(wanted));
    const message = own ? this.#messages.find(wanted) : undefined;
    if (!message) throw refuse.unknownMessage();
    return message;
  }

  edit(interaction: WorldInteraction, id: string, draft: Draft): WorldMessage {
    const before = this.message(interaction, id);
    const promised = isLoading(before);
    const message = this.#messages.edit(before, { ...draft, flags: editedFlags(before, draft) }, !promised);
    if (before.id === interaction.original) this.#interactions.answered(interaction.id);
    return message;
  }

  remove(interaction: WorldInteraction, id: string): void {
    const message = this.message(interaction, id);
    if (message.id === interaction.original) this.#interactions.originalGone(interaction.id);
    this.#messages.remove(message);
  }

  /** The "is thinking…" that still waits for its answer. */
  promised(interaction: WorldInteraction): WorldMessage | undefined {
    const original = interaction.original === null ? undefined : this.#messages.find(interaction.original);
    return original && interaction.callback === 5 && isLoading(original) ? original : undefined;
  }

  /** The first one after a deferral takes the place of "is thinking…". */
  followUp(interaction: WorldInteraction, draft: Draft): WorldMessage {
    if (this.promised(interaction)) return this.edit(interaction, '@original', draft);
    const original = interaction.original === null ? undefined : this.#messages.find(interaction.original);
    const message = this.#post(interaction, draft, isEphemeral(draft), original);
    this.#interactions.followedUp(interaction.id, message.id);
    this.#interactions.answered(interaction.id);
    return message;
  }

  #post(interaction: WorldInteraction, draft: Draft, ephemeral: boolean, after?: WorldMessage): WorldMessage {
    const source = this.#interactions.opening(interaction.id)?.source;
    const replyTo = after ?? (source == null ? undefined : this.#messages.find(source));
    return this.#messages.post(draft, {
      author: this.#directory.bot,
      channel: this.#directory.channel(interaction.channel)!,
      viewer: ephemeral ? interaction.user : null,
      interaction: interaction.id,
      ...(replyTo ? { replyTo } : {}),
      extra: this.#origin(interaction, after),
    });
  }

  /** How Discord marks a message that came of an interaction. */
  #origin(interaction: WorldInteraction, after: WorldMessage | undefined): Partial<APIMessage> {
    const user = this.#directory.user(interaction.user)!;
    const payload = this.#interactions.payload(interaction.id)!;
    const type = payload.type;
    const metadata = {
      id: interaction.id,
      type,
      user,
      authorizing_integration_owners: payload.authorizing_integration_owners,
      ...(payload.message ? { interacted_message_id: payload.message.id } : {}),
      ...(after ? { original_response_message_id: after.id } : {}),
    };
    const command = type === InteractionType.ApplicationCommand && !after;
    return {
      application_id: payload.application_id,
      webhook_id: payload.application_id,
      interaction_metadata: metadata as NonNullable<APIMessage['interaction_metadata']>,
      ...(command ? { type: MessageType.ChatInputCommand } : {}),
      ...(command ? { interaction: { id: interaction.id, type, name: interaction.name, user } } : {}),
    };
  }

  /** The message that the component, or the form that it opened, belongs to. */
  source(interaction: WorldInteraction): WorldMessage {
    const id = this.#interactions.opening(interaction.id)?.source;
    const message = id == null ? undefined : this.#messages.find(id);
    if (!message) throw refuse.unknownMessage();
    return message;
  }
}

function isLoading(message: WorldMessage): boolean {
  return ((message.payload.flags ?? 0) & MessageFlags.Loading) !== 0;
}

function isEphemeral(draft: Draft): boolean {
  return ((draft.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}

export function editedFlags(before: WorldMessage, draft: Draft): number {
  const held = (before.payload.flags ?? 0) & ~MessageFlags.Loading;
  return draft.flags === undefined ? held : (held & ~EDITABLE_FLAGS) | (draft.flags & EDITABLE_FLAGS);
}
