// The controls of the faults panel.
interface SwitchProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, hint, on, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <span class="switch-texts">
        <span>{label}</span>
        <span class="control-hint">{hint}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

export function NumberField({ label, value, least, disabled = false, onChange }: NumberProps) {
  return (
    <label class="control">
      <span>{label}</span>
      <input
        class="field-input"
        type="number"
        inputMode="numeric"
        min={least}
        step={1}
        required
        disabled={disabled}
        value={value}
        onInput={(event) => {
          const next = event.currentTarget.valueAsNumber;
          if (Number.isFinite(next)) onChange(next);
        }}
      />
    </label>
  );
}
