// A small form for one name: of a new server, channel or user.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.js';

interface NameFormProps {
  readonly label: string;
  readonly onName: (name: string) => Promise<void>;
  readonly onCancel?: () => void;
}

export function NameForm({ label, onName, onCancel }: NameFormProps) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (onCancel) field.current?.focus();
  }, []);
  return (
    <form
      class="name-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        onName(name.trim()).then(
          () => setName(''),
          (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
        );
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !onCancel) return;
        event.preventDefault();
        onCancel();
      }}
    >
      <input
        ref={field}
        class="field-input"
        type="text"
        maxLength={100}
        aria-label={label}
        placeholder={label}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="icon-button" aria-label="Add">
        <Icon name="check" size={18} />
      </button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
