// The note under an ephemeral message, and the way to be rid of it.
import type { MessageView } from '../../src/playground/protocol.js';
import { Icon } from '../kit/icon.js';
import { send } from '../state/link.js';
import { withoutMessage } from '../state/model.js';
import { update } from '../state/store.js';

export function EphemeralNote({ message }: { readonly message: MessageView }) {
  const dismiss = (): void => {
    send({ type: 'dismiss', message: message.id });
    update((state) => withoutMessage(state, message.channel, message.id));
  };
  return (
    <p class="ephemeral-note">
      <Icon name="eye" size={16} />
      <span>Only you can see this</span>
      <span aria-hidden="true">·</span>
      <button type="button" class="link-button" onClick={dismiss}>
        Dismiss message
      </button>
    </p>
  );
}
