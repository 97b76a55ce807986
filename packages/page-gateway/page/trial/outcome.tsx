// What came of a trial. A page of a target is shown in a frame that can do nothing: no scripts, no requests, no way out; or
// as text. It is never a part of this page.
import { useEffect, useState } from 'preact/hooks';
import type { Call } from '../../src/dashboard/protocol.js';
import { Badge } from '../kit/badge.js';
import { bytes, duration } from '../kit/words.js';
import { Ladder } from '../requests/ladder.js';

export interface Came {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly type: string;
  readonly body: Blob;
  /** Undefined for pictures and what else is no text. */
  readonly text: string | undefined;
}

const textual = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript))/i;
/** Characters; more would only hold up the reader's browser. */
const most = 500_000;

export async function cameOf(answer: Response): Promise<Came> {
  const type = answer.headers.get('content-type') ?? '';
  const body = await answer.blob();
  const text = textual.test(type) ? await body.text() : undefined;
  return { status: answer.status, headers: [...answer.headers], type, body, text };
}

/** Stands before whatever came: nothing is loaded, not even from here. The frame itself runs no scripts. */
const seal =
  '<!doctype html><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src \'none\'">';

interface OutcomeProps {
  readonly came: Came;
  readonly calls: readonly Call[];
}

export function Outcome({ came, calls }: OutcomeProps) {
  const { status, headers, type, body } = came;
  const header = (name: string) => headers.find(([each]) => each === name)?.[1];
  const call = calls.find(({ id }) => id === header('x-gateway-request-id'));
  const problem = problemOf(came);
  const verdict = call?.attempts.at(-1)?.verdict;
  return (
    <section class="outcome" aria-labelledby="outcome-title">
      <h2 id="outcome-title">
        <Badge word={problem?.code ?? 'ok'} /> {status}
        <span class="dim">
          {problem === undefined &&
            header('x-gateway-status') !== undefined &&
            ` · the target said ${header('x-gateway-status')}`}
          {` · ${bytes(body.size)} · ${duration(Number(header('x-gateway-elapsed-ms') ?? 0))}`}
        </span>
      </h2>
      {problem && <p class="detail">{problem.detail}</p>}
      {verdict !== undefined && (
        <p>
          Verdict: <Badge word={verdict} />
          {problem?.vendor && ` of ${problem.vendor}`}
          {problem?.evidence && problem.evidence.length > 0 && (
            <span class="dim"> ({problem.evidence.join(' · ')})</span>
          )}
        </p>
      )}
      {problem?.ticket && (
        <p>
          It waits for a person: <a href={`#/tickets/${encodeURIComponent(problem.ticket)}`}>open the ticket</a>.
        </p>
      )}
      {call && <Ladder attempts={call.attempts} live={false} />}
      {problem === undefined && <Shown key={`${status} ${body.size} ${type}`} came={came} />}
      <details class="group">
        <summary>
          Headers <span class="chip">{headers.length}</span>
        </summary>
        <dl class="headers">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly vendor?: string;
  readonly evidence?: readonly string[];
  readonly ticket?: string;
}

function problemOf({ type, text }: Came): Told | undefined {
  return type.startsWith('application/problem+json') ? (JSON.parse(text ?? '{}') as Told) : undefined;
}

function Shown({ came: { type, text, body } }: { came: Came }) {
  const html = /^(text\/html|application\/xhtml)/i.test(type);
  const [asText, setAsText] = useState(!html);
  if (/^image\/(png|jpeg|gif|webp)/i.test(type)) return <Picture body={body} type={type} />;
  if (text === undefined) return <p class="dim">{`${type || 'Bytes of no type'}, which cannot be shown here.`}</p>;
  const shown = text.slice(0, most);
  return (
    <>
      {html && (
        <fieldset class="choice">
          <legend class="visually-hidden">How the page is shown</legend>
          {[false, true].map((each) => (
            <label key={String(each)}>
              <input type="radio" name="shown" checked={asText === each} onChange={() => setAsText(each)} />
              <span>{each ? 'Source' : 'Page, without scripts and pictures'}</span>
            </label>
          ))}
        </fieldset>
      )}
      {text.length > most && <p class="dim">The first {most.toLocaleString('en')} characters.</p>}
      {asText ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre class="source" tabIndex={0}>
          {pretty(type, shown)}
        </pre>
      ) : (
        <iframe class="page" title="The page that came" sandbox="" srcdoc={seal + shown} referrerpolicy="no-referrer" />
      )}
    </>
  );
}

function pretty(type: string, text: string): string {
  if (!/json/i.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function Picture({ body, type }: { body: Blob; type: string }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([body], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [body, type]);
  return address === '' ? null : <img class="shot" src={address} alt="The page as the browser saw it" />;
}
