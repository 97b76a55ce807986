// A button under a message: it waits visibly for the bot, and says so when the bot stayed silent.
import type { APIButtonComponent } from 'discord-api-types/v10';
import { Icon } from '../kit/icon.js';
import { webAddress } from '../markdown/inline.js';
import { BUTTON_STYLE } from './kinds.js';
import { usePressing } from './pressing.js';

export function Button({ button, message }: { readonly button: APIButtonComponent; readonly message: string }) {
  const customId = 'custom_id' in button ? button.custom_id : '';
  const { pressed, press } = usePressing(message, customId);
  const style = BUTTON_STYLE[button.style] ?? 'secondary';
  const label = 'label' in button ? button.label : undefined;
  const emoji = 'emoji' in button ? button.emoji : undefined;
  const inside = (
    <>
      {emoji && <span class="button-emoji">{emoji.id ? `:${emoji.name ?? 'emoji'}:` : emoji.name}</span>}
      {label && <span>{label}</span>}
    </>
  );
  const href = 'url' in button ? webAddress(button.url) : undefined;
  if (href !== undefined && button.disabled !== true) {
    return (
      <a class="button button-link" href={href} target="_blank" rel="noopener noreferrer nofollow">
        {inside}
        <Icon name="external" size={16} />
      </a>
    );
  }
  return (
    <>
      <button
        type="button"
        class={`button button-${style}`}
        disabled={button.disabled === true || customId === ''}
        aria-busy={pressed === 'waiting'}
        onClick={() => pressed !== 'waiting' && press()}
      >
        <span class="button-inside">{inside}</span>
        {pressed === 'waiting' && <span class="dots dots-small" aria-hidden="true" />}
      </button>
      {pressed === 'failed' && <InteractionFailed />}
    </>
  );
}

export function InteractionFailed() {
  return (
    <p class="component-failure" role="alert">
      <Icon name="warning" size={16} /> This interaction failed
    </p>
  );
}
