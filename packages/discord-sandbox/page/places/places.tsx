// Servers, their channels, direct messages, and who the user is.

import { Channels } from './channels.js';
import { Rail } from './rail.js';
import { You } from './you.js';

export function Places({ inert, onChoose }: { readonly inert: boolean; readonly onChoose: () => void }) {
  return (
    <div class="places" inert={inert}>
      <Rail />
      <div class="sidebar">
        <Channels onChoose={onChoose} />
        <You />
      </div>
    </div>
  );
}
