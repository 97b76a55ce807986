// A button for what takes a while and may fail: pressed once at a time, and what went wrong stands beside it.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface DoingProps {
  readonly run: () => Promise<unknown>;
  readonly children: ComponentChildren;
  readonly look?: 'main' | 'plain' | 'danger';
  readonly label?: string;
}

export function Doing({ run, children, look = 'plain', label }: DoingProps) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const press = async () => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    await run().catch((error: Error) => setWrong(error.message));
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        class={`button ${look}`}
        aria-disabled={busy}
        aria-label={label}
        onClick={() => void press()}
      >
        {children}
      </button>
      {wrong !== '' && (
        <span class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}
