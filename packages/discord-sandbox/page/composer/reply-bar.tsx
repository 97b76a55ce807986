// Says whom the next message answers, and lets the user think again.
import type { MessageView } from '../../src/playground/protocol.js';
import { Icon } from '../kit/icon.js';
import { update } from '../state/store.js';

export function ReplyBar({ message }: { readonly message: MessageView }) {
  return (
    <div class="reply-bar">
      <span>
        Replying to <strong>{message.author.displayName}</strong>
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label="Do not reply"
        onClick={() => update((state) => ({ ...state, replyTo: null }))}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
