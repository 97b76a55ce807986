// A form that the bot asked for, in a real dialog: focus stays inside, Escape leaves it, mistakes are said beside their fields.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FieldValue } from '../../src/playground/protocol.js';
import { encoded } from '../composer/sending.js';
import { Icon } from '../kit/icon.js';
import { ask } from '../state/link.js';
import type { OpenModal } from '../state/model.js';
import { update, useStore } from '../state/store.js';
import { FieldView } from './field.js';
import { fieldsOf, problemsOf, startOf, type Values } from './fields.js';

async function send(interaction: string, values: Values): Promise<string> {
  const fields: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(values)) {
    const files = Array.isArray(value) && value[0] instanceof File;
    fields[name] = files ? await Promise.all((value as File[]).map(encoded)) : (value as FieldValue);
  }
  return String(await ask({ type: 'modal', interaction, fields }));
}

export function ModalLayer() {
  const modal = useStore((state) => state.modal);
  return modal ? <Modal key={modal.interaction} open={modal} /> : null;
}

function Modal({ open }: { readonly open: OpenModal }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const parts = fieldsOf(open.modal);
  const [values, setValues] = useState<Values>(() => startOf(parts));
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<string | 'sending' | null>(null);
  const [failed, setFailed] = useState(false);
  const answered = useStore((state) => state.interactions.findLast((each) => each.id === sent));
  const problems = problemsOf(parts, values);

  const close = (): void =>
    update((state) => (state.modal?.interaction === open.interaction ? { ...state, modal: null } : state));
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('[data-field], .select-button')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // The form goes with the frame that shows its answer.
  useLayoutEffect(() => {
    if (answered?.acknowledgedAt !== undefined) close();
    else if (answered?.failedAt !== undefined) {
      setSent(null);
      setFailed(true);
    }
  }, [answered]);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (sent !== null) return;
    setTried(true);
    setFailed(false);
    if (problems.size > 0) {
      dialog.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape([...problems.keys()][0]!)}"]`)?.focus();
      return;
    }
    setSent('sending');
    send(open.interaction, values).then(
      (id) => setSent(id),
      () => {
        setSent(null);
        setFailed(true);
      },
    );
  };

  return (
    <dialog ref={dialog} class="modal" aria-labelledby="modal-title" onClose={close}>
      <form class="modal-form" noValidate onSubmit={submit}>
        <header class="modal-head">
          <h2 id="modal-title">{open.modal.title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div class="modal-fields">
          {failed && (
            <p class="modal-failure" role="alert">
              <Icon name="warning" size={18} /> Something went wrong. Try again.
            </p>
          )}
          {parts.map((part, index) => (
            <FieldView
              key={part.id || index}
              part={part}
              value={values[part.id]}
              problem={tried ? problems.get(part.id) : undefined}
              onChange={(value) => setValues((before) => ({ ...before, [part.id]: value }))}
            />
          ))}
        </div>
        <footer class="modal-foot">
          <button type="button" class="button button-secondary" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" aria-busy={sent !== null}>
            {sent === null ? 'Submit' : <span class="dots dots-small" role="img" aria-label="Sending" />}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
