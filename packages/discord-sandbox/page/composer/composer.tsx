// Where the user types: messages, and commands with completion. One text field for everything, so that the keyboard, a
// screen reader and a paste all meet the same thing.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.js';
import { useIdentity } from '../kit/identity.js';
import { useStore } from '../state/store.js';
import { onCompose } from './drafts.js';
import type { Draft } from './edits.js';
import { pressKey } from './keys.js';
import { Mirror } from './mirror.js';
import { Popup } from './popup.js';
import { ReplyBar } from './reply-bar.js';
import { sendCommand, sendMessage, tellTyping } from './sending.js';
import { Tray } from './tray.js';
import { useComposer } from './use-composer.js';

export function ComposerView({ channel, title }: { readonly channel: string; readonly title: string }) {
  const composer = useComposer(channel);
  const link = useStore((state) => state.link);
  const replyTo = useStore((state) => state.replyTo);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [refusal, setRefusal] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  /** What came from the field itself: its selection is the user's and is not touched. */
  const own = useRef<Draft | null>(null);
  const list = useIdentity('list');
  const { draft, open, offer, active, line, span } = composer;

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
    if (draft !== own.current && document.activeElement === element)
      element.setSelectionRange(draft.caret, draft.caret);
  }, [draft]);
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (replyTo) field.current?.focus();
  }, [replyTo]);
  useEffect(() =>
    onCompose((text) => {
      composer.typed({ text, caret: text.length });
      field.current?.focus();
    }),
  );

  const send = async (): Promise<void> => {
    setRefusal('');
    try {
      if (line.kind === 'text') {
        if (draft.text.trim() === '' && files.length === 0) return;
        const { text } = draft;
        composer.sent(text);
        setFiles([]);
        await sendMessage(channel, text, files).catch((error: unknown) => {
          composer.restore(text);
          throw error;
        });
      } else if (line.kind === 'naming') {
        setRefusal(`There is no command /${line.typed.trim()} here. Type / to see them all.`);
      } else {
        const ready = composer.finish();
        if (!ready) return;
        composer.sent(ready.text);
        await sendCommand(channel, ready.name, ready.values).catch((error: unknown) => {
          composer.restore(ready.text);
          throw error;
        });
      }
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  const addFiles = (chosen: FileList | null | undefined): boolean => {
    const [first] = chosen ?? [];
    if (!first) return false;
    if (line.kind === 'command') {
      if (!span) return false;
      composer.pick(span, { text: first.name, value: first });
    } else setFiles((before) => [...before, ...chosen!].slice(0, 10));
    return true;
  };
  const shown = active === -1 && offer.eager ? 0 : active;
  const expanded = open && (offer.items.length > 0 || line.kind === 'command');

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {open && <Popup composer={composer} list={list} onFile={() => picker.current?.click()} />}
      {refusal && (
        <p class="composer-refusal" role="alert">
          <Icon name="warning" size={18} />
          {refusal}
        </p>
      )}
      {replyTo && replyTo.channel === channel && <ReplyBar message={replyTo} />}
      <Tray files={files} onRemove={(index) => setFiles((before) => before.filter((_, each) => each !== index))} />
      <div class="composer-row">
        <button type="button" class="icon-button" aria-label="Add a file" onClick={() => picker.current?.click()}>
          <Icon name="plus" />
        </button>
        <div class={line.kind === 'command' ? 'writing writing-command' : 'writing'}>
          <Mirror composer={composer} />
          <textarea
            ref={field}
            class="writing-field"
            rows={1}
            role="combobox"
            aria-label={`Message ${title}`}
            aria-haspopup="listbox"
            aria-autocomplete="list"
            aria-expanded={expanded}
            aria-controls={list}
            {...(open && offer.items[shown] ? { 'aria-activedescendant': `${list}-${shown}` } : {})}
            {...(open && span ? { 'aria-describedby': 'composer-help composer-problem' } : {})}
            placeholder={`Message ${title} or type /`}
            autoComplete="off"
            autocapitalize="off"
            spellcheck={line.kind === 'text'}
            maxLength={4_000}
            value={draft.text}
            onInput={(event) => {
              const { value, selectionStart } = event.currentTarget;
              setRefusal('');
              own.current = { text: value, caret: selectionStart };
              composer.typed(own.current);
              if (!value.startsWith('/')) tellTyping(channel);
            }}
            onSelect={(event) => {
              const { selectionStart } = event.currentTarget;
              if (selectionStart === draft.caret) return;
              own.current = { ...draft, caret: selectionStart };
              composer.set({ draft: own.current });
            }}
            onKeyDown={(event) => {
              if (pressKey(event, composer, () => void send())) event.preventDefault();
            }}
            onPaste={(event) => {
              if (addFiles(event.clipboardData?.files)) event.preventDefault();
            }}
            onBlur={() => composer.set({ hidden: true, active: -1 })}
            onFocus={() => composer.set({ hidden: false })}
          />
        </div>
        <button type="submit" class="icon-button send" aria-label="Send" disabled={link !== 'open'}>
          <Icon name="send" />
        </button>
      </div>
      <input
        ref={picker}
        class="visually-hidden"
        type="file"
        multiple={line.kind !== 'command'}
        tabIndex={-1}
        aria-label="Attachment"
        onChange={(event) => {
          addFiles(event.currentTarget.files);
          event.currentTarget.value = '';
          field.current?.focus();
        }}
      />
    </form>
  );
}
