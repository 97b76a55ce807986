// The live page of a ticket as a picture that can be pointed at and typed into, as the very visitor who ran into the captcha.
// Tab and Escape stay with the reader's own browser; buttons send them.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Act, TicketReport } from '../../src/dashboard/protocol.js';
import { Address } from '../kit/address.js';
import { Doing } from '../kit/doing.js';
import { distance } from '../kit/words.js';
import { ask } from '../state/ask.js';
import { addressOf } from '../state/place.js';
import { Acting } from './acting.js';
import { watch } from './pictures.js';

const post = (id: string, what: string, body: object = {}) =>
  ask<{ state: string; still: string | null }>(`tickets/${id}/${what}`, { method: 'POST', body });

export function LivePage({ ticket }: { ticket: TicketReport }) {
  const { id, url, session, expires, vendor, evidence } = ticket;
  const [wrong, setWrong] = useState('');
  const [turn, setTurn] = useState(0);
  const [shown, setShown] = useState(false);
  const [still, setStill] = useState<string | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const acting = useMemo(() => new Acting(id, (error) => setWrong(error.message)), [id]);
  const pointers = useMemo(() => pointing(acting, canvas), [acting]);
  useEffect(() => {
    setWrong('');
    return watch(id, {
      drawn: (picture) => {
        draw(canvas.current, picture);
        setShown(true);
      },
      failed: (error) => setWrong(error.message),
    });
  }, [id, turn]);
  const solve = async (sure: boolean) => {
    const answer = await post(id, 'solved', { sure });
    setStill(answer.still);
    if (answer.still === null) location.hash = addressOf('tickets');
  };
  const end = async (what: 'leave' | 'dismiss') => {
    await post(id, what);
    location.hash = addressOf('tickets');
  };
  return (
    <section class="live" aria-label="The live page">
      <p class="live-what">
        <Address url={url} />{' '}
        <span class="dim">
          {`${vendor ?? 'unknown vendor'}${evidence.length > 0 ? ` (${evidence.join(' · ')})` : ''} · ends ${distance(expires)}`}
        </span>
      </p>
      <p class={session === null ? 'notice' : 'dim'}>
        {session === null
          ? 'The call named no session, so what you earn here is kept by nobody. Ask again with session=NAME.'
          : `What you earn stays with the session ${session}.`}
      </p>
      <div class="tools">
        <Doing look="main" run={() => solve(false)}>
          Done, it is solved
        </Doing>
        <Doing run={() => end('leave')}>Leave it for later</Doing>
        <Doing look="danger" run={() => end('dismiss')}>
          Give up
        </Doing>
      </div>
      {still !== null && (
        <p class="notice" role="alert">
          The page still looks like a {still}. <Doing run={() => solve(true)}>It is solved all the same</Doing>
        </p>
      )}
      {wrong !== '' && (
        <p class="notice" role="alert">
          {wrong}{' '}
          <button type="button" class="button" onClick={() => setTurn(turn + 1)}>
            Open it again
          </button>
        </p>
      )}
      <p class="visually-hidden" role="status">
        {shown ? 'The live page is shown.' : 'The live page is being opened.'}
      </p>
      <div class="stage" data-shown={shown}>
        {!shown && wrong === '' && <p class="dim">Opening the page …</p>}
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it is a page in a page, and takes its keys */}
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-label="The live page: click into it, and type. Tab leaves it."
          {...pointers}
          onKeyDown={(event) => typed(event, acting)}
        />
      </div>
      <Keys acting={acting} />
    </section>
  );
}

function draw(canvas: HTMLCanvasElement | null, picture: ImageBitmap): void {
  if (canvas === null) return;
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
}

/** Milliseconds between two moves that are told while no button is down. */
const moveEvery = 40;

/** Moves are told too: sliders go by them, and many captchas look at the way. */
function pointing(acting: Acting, canvas: { readonly current: HTMLCanvasElement | null }) {
  const tell = (pointer: 'move' | 'down' | 'up', event: PointerEvent) => {
    const element = canvas.current;
    if (element === null || element.width === 0) return;
    const box = element.getBoundingClientRect();
    const within = (at: number, size: number, real: number) => Math.max(0, Math.min(real - 1, (at / size) * real));
    const x = within(event.clientX - box.left, box.width, element.width);
    const y = within(event.clientY - box.top, box.height, element.height);
    acting.add({ pointer, x, y });
  };
  let movedAt = 0;
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      canvas.current?.setPointerCapture(event.pointerId);
      tell('down', event);
    },
    onPointerMove: (event: PointerEvent) => {
      if (event.buttons === 0 && event.timeStamp - movedAt < moveEvery) return;
      movedAt = event.timeStamp;
      tell('move', event);
    },
    onPointerUp: (event: PointerEvent) => event.button === 0 && tell('up', event),
    onWheel: (event: WheelEvent) => {
      event.preventDefault();
      acting.add({ scroll: Math.max(-10_000, Math.min(10_000, event.deltaY)) });
    },
  };
}

const named = /^(Enter|Backspace|Delete|Home|End|PageUp|PageDown|Arrow(Up|Down|Left|Right))$/;

function typed(event: KeyboardEvent, acting: Acting): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act: Act | undefined = named.test(event.key)
    ? { press: event.key }
    : [...event.key].length === 1
      ? { type: event.key }
      : undefined;
  if (act === undefined) return;
  event.preventDefault();
  acting.add(act);
}

/** For keys that the reader's own browser keeps, and for phones, which have no keyboard over a picture. */
function Keys({ acting }: { acting: Acting }) {
  const [text, setText] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (text !== '') acting.add({ type: text });
    setText('');
  };
  return (
    <form class="keys" onSubmit={submit}>
      <label for="live-text">Text for the page</label>
      <input
        id="live-text"
        autoComplete="off"
        maxLength={1000}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="button">
        Type it
      </button>
      {['Tab', 'Enter', 'Escape', 'Space'].map((key) => (
        <button key={key} type="button" class="button" onClick={() => acting.add({ press: key })}>
          {key}
        </button>
      ))}
      <button type="button" class="button" aria-label="Scroll down" onClick={() => acting.add({ scroll: 400 })}>
        ↓
      </button>
      <button type="button" class="button" aria-label="Scroll up" onClick={() => acting.add({ scroll: -400 })}>
        ↑
      </button>
      <button type="button" class="button" onClick={() => acting.add({ reload: true })}>
        Reload
      </button>
    </form>
  );
}
