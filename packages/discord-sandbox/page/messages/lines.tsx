// The small lines above a message: what it answers, and who used which command.
import type { MessageView } from '../../src/playground/protocol.js';
import { Avatar } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';

export function BotTag() {
  return (
    <span class="tag">
      <Icon name="check" size={11} />
      APP
    </span>
  );
}

export function CauseLine({ cause }: { readonly cause: NonNullable<MessageView['cause']> }) {
  const used = cause.kind === 'command' ? `/${cause.name}` : cause.name;
  return (
    <div class="above">
      <span class="above-hook" aria-hidden="true" />
      <Avatar name={cause.user.displayName} bot={cause.user.bot} size={18} />
      <span class="above-name">{cause.user.displayName}</span>
      <span>used</span>
      <span class="above-command">{used}</span>
    </div>
  );
}

export function ReplyLine({ reply }: { readonly reply: NonNullable<MessageView['reply']> | null }) {
  if (reply === null) {
    return (
      <div class="above">
        <span class="above-hook" aria-hidden="true" />
        <span class="above-gone">
          <Icon name="reply" size={14} /> Original message was deleted
        </span>
      </div>
    );
  }
  return (
    <div class="above">
      <span class="above-hook" aria-hidden="true" />
      <Avatar name={reply.author.displayName} bot={reply.author.bot} size={18} />
      <span class="visually-hidden">In reply to</span>
      <span class="above-name">{reply.author.displayName}</span>
      <span class="above-text">{reply.content || 'An embed or a file'}</span>
    </div>
  );
}
