// One message with everything on it: who caused it, who wrote it, texts, embeds, files, components, marks.

import type { MessageView } from '../../src/playground/protocol.js';
import { Components } from '../components/components.js';
import { Embed } from '../embeds/embed.js';
import { Files } from '../files/files.js';
import { Avatar } from '../kit/avatar.js';
import { memo } from '../kit/memo.js';
import { chatTime, clockTime, fullTime } from '../kit/time.js';
import { Markdown } from '../markdown/markdown.js';
import { useStore } from '../state/store.js';
import { Actions } from './actions.js';
import { EphemeralNote } from './ephemeral.js';
import { BotTag, CauseLine, ReplyLine } from './lines.js';

export const Message = memo(function Message({
  message,
  joined,
}: {
  readonly message: MessageView;
  readonly joined: boolean;
}) {
  const locale = useStore((state) => state.locale);
  const mentioned = useStore((state) => !!state.viewer && message.content.includes(`<@${state.viewer.id}>`));
  const author = message.author;
  const name = `message-${message.id}`;
  const kind = `message${joined ? ' message-joined' : ''}${message.ephemeral ? ' message-ephemeral' : ''}${mentioned ? ' message-mentioned' : ''}`;
  return (
    <article class={kind} aria-labelledby={name} data-message={message.id}>
      {message.reply !== undefined && <ReplyLine reply={message.reply} />}
      {message.cause && <CauseLine cause={message.cause} />}
      <div class="message-side">
        {joined ? (
          <time
            class="message-clock"
            dateTime={new Date(message.at).toISOString()}
            title={fullTime(message.at, locale)}
          >
            {clockTime(message.at, locale)}
          </time>
        ) : (
          <Avatar name={author.displayName} bot={author.bot} />
        )}
      </div>
      <div class="message-body">
        <header id={name} class={joined ? 'message-head visually-hidden' : 'message-head'}>
          <span class={author.bot ? 'author author-bot' : 'author'}>{author.displayName}</span>
          {author.bot && <BotTag />}
          <time dateTime={new Date(message.at).toISOString()} title={fullTime(message.at, locale)}>
            {chatTime(message.at, locale)}
          </time>
        </header>
        <Content message={message} />
        {message.reactions.length > 0 && (
          <ul class="reactions" aria-label="Reactions">
            {message.reactions.map((reaction) => (
              <li key={reaction.emoji} class="reaction">
                {reaction.emoji} <span>{reaction.count}</span>
              </li>
            ))}
          </ul>
        )}
        {message.ephemeral && <EphemeralNote message={message} />}
      </div>
      {!message.thinking && <Actions message={message} />}
    </article>
  );
});

function Content({ message }: { readonly message: MessageView }) {
  const locale = useStore((state) => state.locale);
  if (message.thinking) {
    return (
      <p class="thinking">
        <span class="dots" aria-hidden="true" />
        {message.author.displayName} is thinking…
      </p>
    );
  }
  return (
    <div class="message-content">
      {message.content !== '' && <Markdown text={message.content} />}
      {message.editedAt !== null && (
        <time
          class="edited"
          dateTime={new Date(message.editedAt).toISOString()}
          title={fullTime(message.editedAt, locale)}
        >
          (edited)
        </time>
      )}
      <Files files={message.files} />
      {message.embeds.map((embed, index) => (
        <Embed key={index} embed={embed} />
      ))}
      <Components message={message} />
    </div>
  );
}
