// One field of a form, with its label, hint and mistake; what is inside depends on its kind.
import { useMemo } from 'preact/hooks';
import { COMPONENT } from '../components/kinds.js';
import { Select } from '../components/select.js';
import { useIdentity } from '../kit/identity.js';
import { Markdown } from '../markdown/markdown.js';
import { countsOf, type Field, type FormValue, isMenu, isRequired, longestText } from './fields.js';
import { Choices, FileField, Tick } from './inputs.js';

interface FieldProps {
  readonly part: Field;
  readonly value: FormValue | undefined;
  readonly problem: string | undefined;
  readonly onChange: (value: FormValue) => void;
}

const PARAGRAPH = 2;

export function FieldView(props: FieldProps) {
  const { part, problem } = props;
  const id = useIdentity('field');
  if (!part.input) return <Markdown text={part.text} />;
  const described = [part.hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ');
  const grouped = part.input.type === COMPONENT.radios || part.input.type === COMPONENT.checkboxes;
  const Frame = grouped ? 'fieldset' : 'div';
  const Label = grouped ? 'legend' : 'label';
  return (
    <Frame class={problem ? 'field field-wrong' : 'field'}>
      <Label class="field-label" {...(grouped ? {} : { for: id })}>
        {part.label}
        {isRequired(part) && (
          <span class="required" aria-hidden="true">
            {' *'}
          </span>
        )}
      </Label>
      {part.hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {part.hint}
        </p>
      )}
      <Input {...props} id={id} described={described} />
      {problem && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </Frame>
  );
}

function Input({ part, value, problem, onChange, id, described }: FieldProps & { id: string; described: string }) {
  const { input } = part;
  const chosen = useMemo(() => (Array.isArray(value) ? value : []), [value]);
  if (!input) return null;
  if (isMenu(input)) return <Select id={id} menu={input} label={part.label} onChoose={onChange} />;
  switch (input.type) {
    case COMPONENT.textInput:
      return (
        <TextInput
          id={id}
          part={part}
          value={String(value ?? '')}
          described={described}
          wrong={problem !== undefined}
          onChange={onChange}
        />
      );
    case COMPONENT.checkbox:
      return <Tick id={id} on={value === true} onChange={onChange} />;
    case COMPONENT.fileUpload:
      return (
        <FileField
          id={id}
          name={part.id}
          files={chosen as readonly File[]}
          most={countsOf(part).most}
          onChange={onChange}
        />
      );
    case COMPONENT.radios:
    case COMPONENT.checkboxes:
      return (
        <Choices
          name={part.id}
          many={input.type === COMPONENT.checkboxes}
          options={input.options}
          chosen={chosen as readonly string[]}
          onChange={onChange}
        />
      );
    default:
      return null;
  }
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
  const input = part.input?.type === COMPONENT.textInput ? part.input : undefined;
  const counted = input?.max_length !== undefined;
  const shared = {
    id,
    class: counted ? 'field-input field-counted' : 'field-input',
    'data-field': part.id,
    value,
    maxLength: longestText(part),
    placeholder: input?.placeholder ?? '',
    'aria-invalid': wrong,
    'aria-required': isRequired(part),
    ...(described ? { 'aria-describedby': described } : {}),
    onInput: (event: Event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class="field-frame">
      {input?.style === PARAGRAPH ? (
        <textarea rows={4} {...shared} />
      ) : (
        <input type="text" autoComplete="off" {...shared} />
      )}
      {counted && (
        <span class="field-count" aria-hidden="true">
          {value.length}/{longestText(part)}
        </span>
      )}
    </div>
  );
}
