// One page, with every parameter that a call can have, and what came of it. What is typed in stays on this page only.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Call, Described, Trial as Question } from '../../src/dashboard/protocol.js';
import { ask, send } from '../state/ask.js';
import { useKnown } from '../state/store.js';
import { Curl } from './copy.js';
import { curlLine } from './curl.js';
import { Field } from './field.js';
import { groupsOf } from './groups.js';
import { type Came, cameOf, Outcome } from './outcome.js';

/** Kept while other views are looked at. */
let kept: { values: Record<string, string>; headers: string; came: Came | undefined } = {
  values: {},
  headers: '',
  came: undefined,
};

export function Trial({ calls }: { calls: readonly Call[] }) {
  const [described, setDescribed] = useState<readonly Described[]>([]);
  const [values, setValues] = useState(kept.values);
  const [headers, setHeaders] = useState(kept.headers);
  const [came, setCame] = useState(kept.came);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const going = useRef<AbortController | undefined>(undefined);
  const { me } = useKnown();
  kept = { values, headers, came };
  useEffect(() => {
    ask<{ parameters: readonly Described[] }>('parameters').then(
      ({ parameters }) => setDescribed(parameters),
      (error: Error) => setWrong(error.message),
    );
    return () => going.current?.abort();
  }, []);
  const set = (name: string, value: string) => setValues((before) => ({ ...before, [name]: value }));
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const lines = headers
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    going.current = new AbortController();
    setBusy(true);
    setWrong('');
    try {
      const body: Question = { parameters: given, headers };
      setCame(await cameOf(await send('try', { method: 'POST', body, signal: going.current.signal })));
    } catch (error) {
      if (!going.current.signal.aborted) setWrong((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <div class="trial">
      <form class="trial-form" onSubmit={(event) => void submit(event)} aria-label="What to fetch">
        <div class="url-line">
          <label for="p-url">URL</label>
          <input
            id="p-url"
            type="url"
            required
            spellcheck={false}
            placeholder="https://example.com/"
            value={values.url ?? ''}
            onInput={({ currentTarget }) => set('url', currentTarget.value)}
          />
          <button type="submit" class="button main" aria-disabled={busy}>
            {busy ? 'Fetching …' : 'Fetch'}
          </button>
          {busy && (
            <button type="button" class="button" onClick={() => going.current?.abort()}>
              Stop
            </button>
          )}
        </div>
        {groupsOf(described).map(({ name, parameters }, index) => (
          <Fields
            key={name}
            name={name}
            open={index === 0}
            given={parameters.filter((each) => given[each.name] !== undefined).length}
          >
            {parameters.map((each) => (
              <Field
                key={each.name}
                parameter={each}
                value={values[each.name] ?? ''}
                set={(value) => set(each.name, value)}
              />
            ))}
            {parameters.some((each) => each.name === 'use_headers') && (
              <div class="field long">
                <label for="p-headers">Own headers</label>
                <textarea
                  id="p-headers"
                  rows={2}
                  spellcheck={false}
                  aria-describedby="d-headers"
                  placeholder="accept-language: de"
                  value={headers}
                  onInput={({ currentTarget }) => setHeaders(currentTarget.value)}
                />
                <p id="d-headers" class="dim">
                  One a line; sent with <code>use_headers=true</code>.
                </p>
              </div>
            )}
          </Fields>
        ))}
      </form>
      <Curl line={curlLine(location.origin, given, lines, me?.open === false)} />
      <p class="wrong" role="alert">
        {wrong}
      </p>
      <p class="visually-hidden" role="status">
        {busy ? 'Fetching the page' : came ? `Answered with ${came.status}` : ''}
      </p>
      {came && <Outcome came={came} calls={calls} />}
    </div>
  );
}

interface FieldsProps {
  readonly name: string;
  readonly open: boolean;
  readonly given: number;
  readonly children: preact.ComponentChildren;
}

function Fields({ name, open, given, children }: FieldsProps) {
  return (
    <details class="group" open={open}>
      <summary>
        {name} {given > 0 && <span class="chip">{given} given</span>}
      </summary>
      <div class="fields">{children}</div>
    </details>
  );
}
