// One call, and, unfolded, its way up the ladder.
import type { Call } from '../../src/dashboard/protocol.js';
import { Address } from '../kit/address.js';
import { Badge } from '../kit/badge.js';
import { clock, duration } from '../kit/words.js';
import { Ladder } from './ladder.js';

export function CallRow({ call }: { call: Call }) {
  const { ended, attempts, method, url, key, began, id } = call;
  const word = ended === undefined ? 'under way' : ended.code;
  const browser = attempts.some(({ engine }) => engine === 'browser');
  return (
    <li>
      <details class="call">
        <summary>
          <span class="call-state">
            <Badge word={word} />
          </span>
          <span class="call-target">
            {method !== 'GET' && <b class="method">{method}</b>} <Address url={url} />
          </span>
          <span class="call-facts dim">
            {browser && <span class="chip">browser</span>}
            {ended?.cache === 'hit' && <span class="chip">copy</span>}
            {attempts.length > 1 && <span class="chip">{attempts.length} tries</span>}
            <span class="call-time">{ended === undefined ? '…' : duration(ended.ms)}</span>
            <time dateTime={new Date(began).toISOString()}>{clock(began)}</time>
          </span>
        </summary>
        <div class="call-inside">
          <p class="whole">{url}</p>
          <p class="dim">
            Key <b>{key}</b> · id <code>{id}</code>
          </p>
          <Ladder attempts={attempts} live={ended === undefined} />
        </div>
      </details>
    </li>
  );
}
