// The forms in which one message can be tried, each simpler than the one before, so that an answer that Discord refuses
// still reaches the user. The last one is a sentence that Discord cannot refuse.
import { type APIEmbed, MessageFlags } from 'discord.js';
import { say } from './explain.js';
import { fitContent, limits, type Message, type MessageFile } from './reply.js';

const quiet = { allowedMentions: { parse: [] } } as const;

/**
 * The message itself, then: without large files; without components, pictures and links; as plain text; as a sentence
 * that says why there is nothing to see.
 */
export function formsOf(message: Message, locale?: string): Message[] {
  const ephemeral = (message.flags ?? 0) & MessageFlags.Ephemeral;
  const flags = ephemeral === 0 ? {} : { flags: ephemeral };
  const text = plainText(message);
  const forms: Message[] = [message];
  if (message.files?.length) forms.push(withoutFiles(message, locale));
  if (text !== '') {
    const embeds = message.embeds?.map(bare);
    const content = message.content ? { content: message.content } : {};
    if (embeds?.length) forms.push({ ...quiet, ...flags, ...content, embeds });
    forms.push({ ...quiet, ...flags, content: text });
  }
  forms.push({ ...quiet, ...flags, content: say('unsendable', locale) });
  return forms;
}

/** The message without its files, and a note that says so. */
function withoutFiles(message: Message, locale: string | undefined): Message {
  const { files: _, ...rest } = message;
  return { ...rest, ...withNote(message.content, locale), ...withoutFilePictures(rest.embeds) };
}

/** The message with only those files that fit, and a note where one was left out. */
export function withFilesUpTo(message: Message, limit: number, locale?: string): Message {
  const { files } = message;
  if (files === undefined) return message;
  const fitting: MessageFile[] = files.filter((file) => file.attachment.length <= limit);
  if (fitting.length === files.length) return message;
  const kept = new Set(fitting.map((file) => file.name));
  return {
    ...message,
    files: fitting,
    ...withNote(message.content, locale),
    ...withoutFilePictures(message.embeds, kept),
  };
}

function withNote(content: string | undefined, locale: string | undefined): { content: string } {
  const note = `-# ${say('fileTooLarge', locale)}`;
  if (!content) return { content: note };
  const room = limits.content - note.length - 1;
  return { content: fitContent(`${content.length > room ? `${content.slice(0, room - 1)}…` : content}\n${note}`) };
}

function withoutFilePictures(embeds: APIEmbed[] | undefined, kept?: ReadonlySet<string>): { embeds?: APIEmbed[] } {
  if (embeds === undefined) return {};
  const gone = (url: string | undefined) => url?.startsWith('attachment://') && !kept?.has(url.slice(13));
  return {
    embeds: embeds.map(({ image, thumbnail, ...embed }) => ({
      ...embed,
      ...(image && !gone(image.url) ? { image } : {}),
      ...(thumbnail && !gone(thumbnail.url) ? { thumbnail } : {}),
    })),
  };
}

/** An embed's texts only. */
function bare(embed: APIEmbed): APIEmbed {
  const { title, description, color, fields, author, footer } = embed;
  return {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(color === undefined ? {} : { color }),
    ...(fields ? { fields } : {}),
    ...(author ? { author: { name: author.name } } : {}),
    ...(footer ? { footer: { text: footer.text } } : {}),
  };
}

/** What the message says, without any of its looks. */
function plainText(message: Message): string {
  const parts = [message.content, ...(message.embeds ?? []).flatMap(embedText)];
  return fitContent(parts.filter((part) => part?.trim()).join('\n'));
}

function embedText(embed: APIEmbed): Array<string | undefined> {
  const fields = (embed.fields ?? []).map(({ name, value }) => `**${name}** ${value}`);
  return [
    embed.author?.name,
    embed.title && `**${embed.title}**`,
    embed.description,
    ...fields,
    embed.footer?.text && `-# ${embed.footer.text}`,
  ];
}
