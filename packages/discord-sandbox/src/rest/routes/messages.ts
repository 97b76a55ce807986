/**
 * Messages in channels, as the bot reads, sends, edits and deletes them outside of interactions; typing and reactions.
 */
import { Refusal, refuse } from '../../refusal.js';
import { editedFlags } from '../../world/answers.js';
import { emojiKey, parseEmoji } from '../../world/messages.js';
import type { WorldChannel, WorldMessage } from '../../world/types.js';
import { Form } from '../form.js';
import { mustShow, readMessage } from '../forms/message.js';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../route.js';
import { withFiles } from '../uploads.js';

const SENDING = { limit: 5, window: 5_000 };
const DELETING = { limit: 5, window: 1_000 };
const REACTING = { limit: 4, window: 1_000 };
const ALL = '/channels/:channel/messages';
const ONE = `${ALL}/:message`;
const REACTION = `${ONE}/reactions/:emoji`;

export const messageRoutes: readonly Route[] = [
  { method: 'GET', path: ALL, handle: list },
  { method: 'POST', path: ALL, allowance: SENDING, handle: send },
  { method: 'POST', path: `${ALL}/bulk-delete`, allowance: DELETING, handle: removeMany },
  { method: 'GET', path: ONE, handle: (call) => ok(messageOf(call).payload) },
  { method: 'PATCH', path: ONE, allowance: SENDING, handle: edit },
  { method: 'DELETE', path: ONE, allowance: DELETING, handle: remove },
  { method: 'POST', path: '/channels/:channel/typing', allowance: SENDING, handle: typing },
  { method: 'PUT', path: `${REACTION}/@me`, allowance: REACTING, handle: (call) => react(call, 'add') },
  { method: 'DELETE', path: `${REACTION}/@me`, allowance: REACTING, handle: (call) => react(call, 'remove') },
  { method: 'DELETE', path: `${REACTION}/:user`, allowance: REACTING, handle: (call) => react(call, 'remove') },
  { method: 'GET', path: REACTION, handle: reactors },
];

function list(call: Call): Answer {
  const channel = channelOf(call);
  const form = new Form(Object.fromEntries(call.query));
  const limit = form.at('limit').integer({ min: 1, max: 100 }) ?? 50;
  const [before, after, around] = ['before', 'after', 'around'].map((key) => form.at(key).snowflake());
  form.settle();
  const newestFirst = open(call, channel).reverse();
  if (after !== undefined) return ok(payloads(newestFirst.filter((each) => later(each.id, after)).slice(-limit)));
  if (before !== undefined) return ok(payloads(newestFirst.filter((each) => later(before, each.id)).slice(0, limit)));
  if (around === undefined) return ok(payloads(newestFirst.slice(0, limit)));
  const younger = newestFirst.filter((each) => later(each.id, around)).slice(-Math.floor(limit / 2));
  const rest = newestFirst.filter((each) => !later(each.id, around));
  return ok(payloads([...younger, ...rest].slice(0, limit)));
}

function send(call: Call): Answer {
  const { world, body } = call;
  const channel = channelOf(call);
  const form = new Form(body.json);
  const message = readMessage(form, 'channel');
  const reference = message.replyTo;
  const replyTo = reference ? world.messages.get(channel.id, reference.id) : undefined;
  if (reference?.orFail && !replyTo) {
    form.at('message_reference').fail('REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  }
  form.settle();
  mustShow(message, body.files.length);
  const draft = withFiles(message, body.files, { files: world.files, channelId: channel.id, ephemeral: false });
  return ok(world.messages.post(draft, { author: world.bot, channel, ...(replyTo ? { replyTo } : {}) }).payload);
}

function edit(call: Call): Answer {
  const { world, body } = call;
  const before = messageOf(call);
  if (before.payload.author.id !== world.bot.id) throw refuse.notAuthor();
  const form = new Form(body.json);
  const message = readMessage(form, 'channel');
  form.settle();
  const shelf = { files: world.files, channelId: before.channelId, ephemeral: false };
  const draft = withFiles(message, body.files, shelf, before.uploads);
  const { content, embeds, components } = { ...before.payload, ...draft };
  mustShow({ content, embeds, components: components ?? [] }, (draft.attachments ?? before.uploads).length);
  return ok(world.messages.edit(before, { ...draft, flags: editedFlags(before, draft) }).payload);
}

function remove(call: Call): Answer {
  const message = messageOf(call);
  const own = message.payload.author.id === call.world.bot.id;
  if (!own && message.guildId === null) throw refuse.notOnDirect();
  call.world.messages.remove(message);
  return NO_CONTENT;
}

function removeMany(call: Call): Answer {
  const channel = channelOf(call);
  if (channel.guildId === null) throw refuse.notOnDirect();
  const form = new Form(call.body.json);
  const ids = form
    .at('messages')
    .list({ min: 2, max: 100, required: true })
    .flatMap((each) => each.snowflake(true) ?? []);
  form.settle();
  for (const id of ids) {
    const message = open(call, channel).find((each) => each.id === id);
    if (message) call.world.messages.remove(message);
  }
  return NO_CONTENT;
}

function typing(call: Call): Answer {
  call.world.typing(channelOf(call).id, call.world.bot.id);
  return NO_CONTENT;
}

function react(call: Call, kind: 'add' | 'remove'): Answer {
  const user = call.params.user ?? call.world.bot.id;
  call.world.messages.react(messageOf(call), user, emojiOf(call), kind);
  return NO_CONTENT;
}

function reactors(call: Call): Answer {
  const ids = call.world.messages.reactors(messageOf(call).id, emojiOf(call));
  return ok(ids.flatMap((id) => call.world.directory.user(id) ?? []));
}

/** A custom emoji is `name:id`; anything else must be an emoji character. */
function emojiOf({ params }: Call): string {
  const key = params.emoji!;
  const emoji = parseEmoji(key);
  if (emoji.id === null && !/\p{Extended_Pictographic}|\p{Regional_Indicator}|[#*\d]\uFE0F?\u20E3/u.test(key)) {
    throw new Refusal(400, 10014, 'Unknown Emoji');
  }
  return emojiKey(emoji);
}

function channelOf({ world, params }: Call): WorldChannel {
  const channel = world.directory.channel(params.channel!);
  if (!channel) throw refuse.unknownChannel();
  return channel;
}

/** What can be reached through the channel: ephemeral messages cannot. */
function open(call: Call, channel: WorldChannel): WorldMessage[] {
  return call.world.messages.list(channel.id).filter((message) => message.viewer === null);
}

function messageOf(call: Call): WorldMessage {
  const message = call.world.messages.get(channelOf(call).id, call.params.message!);
  if (!message || message.viewer !== null) throw refuse.unknownMessage();
  return message;
}

function payloads(messages: readonly WorldMessage[]) {
  return messages.map((message) => message.payload);
}

function later(left: string, right: string): boolean {
  return BigInt(left) > BigInt(right);
}
