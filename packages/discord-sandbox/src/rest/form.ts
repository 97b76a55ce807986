/**
 * Reads a request's JSON field by field and gathers every fault in Discord's own tree, so that one answer names them
 * all. Never throws before `settle`, and never hands on a value that it has not checked.
 */
import { badForm, type FormFaults } from '../refusal.js';

export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
  readonly pattern?: RegExp;
  /** Keeps white space at both ends. */
  readonly exact?: boolean;
}
export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}
export interface ListRule {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

const DIGITS = /^-?\d+$/;

export class Field {
  readonly value: unknown;
  readonly #faults: () => FormFaults;
  readonly #faulty: { any: boolean };

  /** `faults` makes this field's place in the tree when it is first needed. */
  constructor(value: unknown, faults: () => FormFaults, faulty: { any: boolean }) {
    this.value = value;
    this.#faults = faults;
    this.#faulty = faulty;
  }

  get given(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  fail(code: string, message: string): undefined {
    this.#faulty.any = true;
    const place = this.#faults();
    place._errors = [...(place._errors ?? []), { code, message }];
    return undefined;
  }

  missing(): undefined {
    return this.fail('BASE_TYPE_REQUIRED', 'This field is required');
  }

  at(key: string | number): Field {
    const holder = this.value;
    const inner =
      isRecord(holder) || Array.isArray(holder) ? (holder as Record<string | number, unknown>)[key] : undefined;
    return new Field(
      inner,
      () => {
        const place = this.#faults();
        const child = (place[key] as FormFaults | undefined) ?? noFaults();
        place[key] = child;
        return child;
      },
      this.#faulty,
    );
  }

  /** Trimmed, as Discord does; counted in characters, not in UTF-16 units. */
  text(rule: TextRule = {}): string | undefined {
    if (!this.given) return rule.required ? this.missing() : undefined;
    if (typeof this.value !== 'string' && typeof this.value !== 'number') {
      return this.fail('STRING_TYPE_CONVERT', `Could not interpret "${describe(this.value)}" as string.`);
    }
    const text = rule.exact ? String(this.value) : String(this.value).trim();
    const length = [...text].length;
    const { min = 0, max } = rule;
    if (length === 0 && rule.required) return this.missing();
    if (min > 0 && max !== undefined && (length < min || length > max)) {
      return this.fail('BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    }
    if (max !== undefined && length > max)
      return this.fail('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    if (length < min) return this.fail('BASE_TYPE_MIN_LENGTH', `Must be ${min} or more in length.`);
    if (rule.pattern && !rule.pattern.test(text)) {
      return this.fail('STRING_TYPE_REGEX', 'String value did not match validation regex.');
    }
    return text;
  }

  integer(rule: NumberRule = {}): number | undefined {
    if (!this.given) return rule.required ? this.missing() : undefined;
    const number = typeof this.value === 'string' && DIGITS.test(this.value) ? Number(this.value) : this.value;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      return this.fail('NUMBER_TYPE_COERCE', `Value "${describe(this.value)}" is not int.`);
    }
    return this.#inRange(number, rule, 'int');
  }

  number(rule: NumberRule = {}): number | undefined {
    if (!this.given) return rule.required ? this.missing() : undefined;
    if (typeof this.value !== 'number' || !Number.isFinite(this.value)) {
      return this.fail('NUMBER_TYPE_COERCE', `Value "${describe(this.value)}" is not float.`);
    }
    return this.#inRange(this.value, rule, 'float');
  }

  flag(): boolean | undefined {
    if (!this.given) return undefined;
    if (typeof this.value === 'boolean') return this.value;
    return this.fail('BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
  }

  snowflake(required = false): string | undefined {
    if (!this.given) return required ? this.missing() : undefined;
    const text = String(this.value);
    if (/^\d{1,20}$/.test(text)) return text;
    return this.fail('NUMBER_TYPE_COERCE', `Value "${describe(this.value)}" is not snowflake.`);
  }

  choice<T extends string | number>(allowed: readonly T[], required = false): T | undefined {
    if (!this.given) return required ? this.missing() : undefined;
    const found = allowed.find((each) => each === this.value);
    return found ?? this.fail('BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`);
  }

  list(rule: ListRule = {}): Field[] {
    if (!this.given) {
      if (rule.required) this.missing();
      return [];
    }
    if (!Array.isArray(this.value)) {
      this.fail('LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return [];
    }
    const { length } = this.value;
    const { min = 0, max = Number.POSITIVE_INFINITY } = rule;
    if (min > 0 && max < Number.POSITIVE_INFINITY && (length < min || length > max)) {
      this.fail('BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    } else if (length > max) this.fail('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    else if (length < min) this.fail('BASE_TYPE_MIN_LENGTH', `Must be ${min} or more in length.`);
    return this.value.slice(0, 1_000).map((_, index) => this.at(index));
  }

  /** Whether it is an object; says so where it is not. */
  object(required = false): boolean {
    if (!this.given) {
      if (required) this.missing();
      return false;
    }
    if (isRecord(this.value)) return true;
    this.fail('DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
    return false;
  }

  url(schemes: readonly string[] = ['http', 'https']): string | undefined {
    const text = this.text({ max: 2_048 });
    if (text === undefined || text === '') return undefined;
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
    if (scheme === undefined) return this.fail('URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    if (!schemes.includes(scheme)) {
      const allowed = schemes.map((each) => `'${each}'`).join(', ');
      return this.fail(
        'URL_TYPE_INVALID_SCHEME',
        `Scheme "${scheme}" is not supported. Scheme must be one of (${allowed}).`,
      );
    }
    if (scheme === 'attachment' || URL.canParse(text)) return text;
    return this.fail('URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  }

  #inRange(number: number, rule: NumberRule, kind: string): number | undefined {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
    if (number < min) return this.fail('NUMBER_TYPE_MIN', `${kind} value should be greater than or equal to ${min}.`);
    if (number > max) return this.fail('NUMBER_TYPE_MAX', `${kind} value should be less than or equal to ${max}.`);
    return number;
  }
}

export class Form extends Field {
  readonly #settle: () => void;

  constructor(body: unknown) {
    const faults = noFaults();
    const faulty = { any: false };
    super(body, () => faults, faulty);
    this.#settle = () => {
      if (faulty.any) throw badForm(faults);
    };
  }

  /** Throws everything that was found. */
  settle(): void {
    this.#settle();
  }
}

/** Keys come from the request: none of them may reach a prototype. */
function noFaults(): FormFaults {
  return Object.create(null) as FormFaults;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).slice(0, 100);
}
