// The newer inputs of a form: a tick, one or several of a few, files.
import { Icon } from '../kit/icon.js';

interface TickProps {
  readonly id: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Tick({ id, on, onChange }: TickProps) {
  return (
    <input
      id={id}
      class="tick"
      type="checkbox"
      data-field={id}
      checked={on}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

interface ChoicesProps {
  readonly name: string;
  readonly many: boolean;
  readonly options: ReadonlyArray<{ readonly value: string; readonly label: string; readonly description?: string }>;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function Choices({ name, many, options, chosen, onChange }: ChoicesProps) {
  const choose = (value: string, on: boolean): void => {
    if (!many) onChange([value]);
    else onChange(on ? [...chosen, value] : chosen.filter((each) => each !== value));
  };
  return (
    <div class="choices">
      {options.map((option) => (
        <label key={option.value} class="radio">
          <input
            type={many ? 'checkbox' : 'radio'}
            name={name}
            data-field={name}
            checked={chosen.includes(option.value)}
            onChange={(event) => choose(option.value, event.currentTarget.checked)}
          />
          <span class="select-texts">
            <span>{option.label}</span>
            {option.description && <span class="select-description">{option.description}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}

interface FileProps {
  readonly id: string;
  readonly name: string;
  readonly files: readonly File[];
  readonly most: number;
  readonly onChange: (files: readonly File[]) => void;
}

export function FileField({ id, name, files, most, onChange }: FileProps) {
  return (
    <div class="file-field">
      <input
        id={id}
        class="native-file"
        type="file"
        data-field={name}
        multiple={most > 1}
        onChange={(event) => onChange([...(event.currentTarget.files ?? [])])}
      />
      {files.length > 1 && (
        <ul>
          {files.map((file) => (
            <li key={file.name}>
              <Icon name="file" size={16} /> {file.name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
