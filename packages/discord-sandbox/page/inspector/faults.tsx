// Switches and buttons for everything that goes wrong with Discord itself: what the sandbox's `faults` can do, all of it.
import { useState } from 'preact/hooks';
import type { FaultCall } from '../../src/playground/protocol.js';
import { ask } from '../state/link.js';
import { useStore } from '../state/store.js';
import { NumberField, Switch } from './controls.js';

type Do = (call: FaultCall, done: string) => void;

export function FaultsPanel() {
  const [told, setTold] = useState('');
  const act: Do = (fault, done) => {
    setTold('');
    ask({ type: 'fault', fault }).then(
      () => setTold(done),
      (error: unknown) => setTold(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <>
      <GatewayFaults act={act} />
      <RateLimitFault act={act} />
      <StallFault act={act} />
      <FailFault act={act} />
      <p class="fault-told" role="status">
        {told}
      </p>
    </>
  );
}

function GatewayFaults({ act }: { readonly act: Do }) {
  const withheld = useStore((state) => state.faults.withholdHeartbeatAcks);
  return (
    <section class="panel-section" aria-label="Gateway">
      <h3>Gateway</h3>
      <div class="fault-buttons">
        <button
          type="button"
          class="button button-secondary"
          onClick={() => act({ name: 'dropGateway' }, 'The connection was dropped.')}
        >
          Drop the connection
        </button>
        <button
          type="button"
          class="button button-secondary"
          onClick={() => act({ name: 'requestReconnect' }, 'The bot was asked to reconnect.')}
        >
          Ask to reconnect
        </button>
        <button
          type="button"
          class="button button-secondary"
          onClick={() =>
            act({ name: 'invalidateSession', resumable: true }, 'The session was declared invalid, resumable.')
          }
        >
          Invalid session, resumable
        </button>
        <button
          type="button"
          class="button button-secondary"
          onClick={() =>
            act({ name: 'invalidateSession', resumable: false }, 'The session was declared invalid for good.')
          }
        >
          Invalid session, for good
        </button>
      </div>
      <Switch
        label="Withhold heartbeat acknowledgements"
        hint="The bot takes the connection for dead after two beats, and resumes."
        on={withheld}
        onChange={(on) =>
          act(
            { name: 'withholdHeartbeatAcks', on },
            on ? 'Heartbeats are not acknowledged.' : 'Heartbeats are acknowledged again.',
          )
        }
      />
    </section>
  );
}

function RateLimitFault({ act }: { readonly act: Do }) {
  const [route, setRoute] = useState('/interactions');
  const [after, setAfter] = useState(1_000);
  const [times, setTimes] = useState(1);
  return (
    <form
      class="panel-section"
      aria-label="Rate limit"
      onSubmit={(event) => {
        event.preventDefault();
        act({ name: 'rateLimit', route, retryAfter: after, times }, `The next ${times} to ${route} get 429.`);
      }}
    >
      <h3>Rate limit</h3>
      <label class="control">
        <span>Route</span>
        <input
          class="field-input"
          type="text"
          required
          spellcheck={false}
          value={route}
          onInput={(event) => setRoute(event.currentTarget.value)}
        />
      </label>
      <p class="control-hint">
        <code>/channels/:id/messages</code>, or with a method: <code>POST /webhooks</code>
      </p>
      <div class="control-row">
        <NumberField label="Retry after (ms)" value={after} least={0} onChange={setAfter} />
        <NumberField label="Times" value={times} least={1} onChange={setTimes} />
        <button type="submit" class="button button-primary">
          Limit
        </button>
      </div>
    </form>
  );
}

function StallFault({ act }: { readonly act: Do }) {
  const stalled = useStore((state) => state.faults.stallCallbacks);
  const [ms, setMs] = useState(4_000);
  return (
    <section class="panel-section" aria-label="Stalled callbacks">
      <h3>Stalled callbacks</h3>
      <Switch
        label={stalled > 0 ? `Answers to interactions wait ${stalled} ms` : 'Let answers to interactions wait'}
        hint="Discord is slow to take the bot’s acknowledgements."
        on={stalled > 0}
        onChange={(on) =>
          act({ name: 'stallCallbacks', ms: on ? ms : 0 }, on ? `Callbacks wait ${ms} ms.` : 'Callbacks do not wait.')
        }
      />
      <NumberField label="Milliseconds" value={ms} least={1} disabled={stalled > 0} onChange={setMs} />
    </section>
  );
}

const STATUSES = [500, 502, 503, 504, 401, 403, 404, 429] as const;

function FailFault({ act }: { readonly act: Do }) {
  const [status, setStatus] = useState<number>(STATUSES[0]);
  const [times, setTimes] = useState(1);
  return (
    <form
      class="panel-section"
      aria-label="Failing REST"
      onSubmit={(event) => {
        event.preventDefault();
        act({ name: 'failRest', status, times }, `The next ${times} requests of the bot get ${status}.`);
      }}
    >
      <h3>Failing REST</h3>
      <div class="control-row">
        <label class="control">
          <span>Status</span>
          <select
            class="native-select"
            value={status}
            onChange={(event) => setStatus(Number(event.currentTarget.value))}
          >
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <NumberField label="Times" value={times} least={1} onChange={setTimes} />
        <button type="submit" class="button button-primary">
          Fail
        </button>
      </div>
    </form>
  );
}
