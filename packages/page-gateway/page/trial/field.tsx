// One parameter: its name as a caller writes it, what it means, and what is taken where it is left alone.
import type { Described } from '../../src/dashboard/protocol.js';
import { choicesOf, isLong } from './groups.js';

interface FieldProps {
  readonly parameter: Described;
  readonly value: string;
  readonly set: (value: string) => void;
}

export function Field({ parameter, value, set }: FieldProps) {
  const { name, description, example, default: usual } = parameter;
  const id = `p-${name}`;
  const choices = choicesOf(parameter);
  const words = usual === undefined ? '' : String(usual);
  const shared = { id, 'aria-describedby': `d-${name}`, value };
  return (
    <div class={`field ${isLong(parameter) ? 'long' : ''}`}>
      <label for={id}>
        <code>{name}</code>
      </label>
      {choices ? (
        <select {...shared} onChange={({ currentTarget }) => set(currentTarget.value)}>
          <option value="">{words === '' ? 'left alone' : `${words} (default)`}</option>
          {choices
            .filter((each) => each !== words)
            .map((each) => (
              <option key={each}>{each}</option>
            ))}
        </select>
      ) : isLong(parameter) ? (
        <textarea
          {...shared}
          rows={3}
          spellcheck={false}
          placeholder={example}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      ) : (
        <input
          {...shared}
          spellcheck={false}
          autoComplete="off"
          placeholder={words || example || ''}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
      <p id={`d-${name}`} class="dim">
        {description.replaceAll('`', '')}
      </p>
    </div>
  );
}
