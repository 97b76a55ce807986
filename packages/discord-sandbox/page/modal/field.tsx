// One field of a form, with its label, hint, length and mistake.
import { useId } from 'preact/hooks';
import { Select } from '../components/select.js';
import { Markdown } from '../markdown/markdown.js';
import { type Field, isRequired } from './fields.js';

interface FieldProps {
  readonly part: Field;
  readonly value: string | readonly string[] | undefined;
  readonly problem: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
}

const PARAGRAPH = 2;

export function FieldView({ part, value, problem, onChange }: FieldProps) {
  const id = useId();
  if (part.text !== undefined) return <Markdown text={part.text} />;
  const described = [part.hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ');
  return (
    <div class={problem ? 'field field-wrong' : 'field'}>
      <label class="field-label" for={id}>
        {part.label}
        {isRequired(part) && (
          <span class="required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </label>
      {part.hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {part.hint}
        </p>
      )}
      {part.input && (
        <TextInput
          id={id}
          part={part}
          value={String(value ?? '')}
          described={described}
          wrong={!!problem}
          onChange={onChange}
        />
      )}
      {part.menu && <Select menu={part.menu} label={part.label} onChoose={onChange} />}
      {problem && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface TextProps {
  readonly id: string;
  readonly part: Field;
  readonly value: string;
  readonly described: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}

function TextInput({ id, part, value, described, wrong, onChange }: TextProps) {
  const most = part.input?.max_length ?? 4_000;
  const shared = {
    id,
    class: 'field-input',
    'data-field': part.id,
    value,
    maxLength: most,
    placeholder: part.input?.placeholder ?? '',
    'aria-invalid': wrong,
    'aria-required': isRequired(part),
    ...(described ? { 'aria-describedby': described } : {}),
    onInput: (event: Event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class="field-frame">
      {part.input?.style === PARAGRAPH ? (
        <textarea rows={4} {...shared} />
      ) : (
        <input type="text" autoComplete="off" {...shared} />
      )}
      {part.input?.max_length !== undefined && (
        <span class="field-count" aria-hidden="true">
          {value.length}/{most}
        </span>
      )}
    </div>
  );
}
