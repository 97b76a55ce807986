// Reads what was typed against the flags of one command, and refuses what it does not know: a mistyped flag that is passed
// over in silence does harm.
import { meant } from '../kit/nearest.js';
import { type Flag, type Flags, separator } from './command.js';
import { UsageError } from './usage-error.js';

interface Typed {
  readonly values: Map<string, string[]>;
  readonly switches: Map<string, boolean>;
  readonly positionals: string[];
}

/** The arguments in the one spelling that leaves nothing to guess: `--name=value`, then `--`, then the rest. */
export function checked(argv: readonly string[], flags: Flags): string[] {
  const typed = read(argv, flags);
  const out: string[] = [];
  for (const [name, values] of typed.values) {
    if (values.length > 1 && !flags[name]!.many) throw new UsageError(`--${name} was given ${values.length} times`);
    out.push(`--${name}=${values.join(separator)}`);
  }
  for (const [name, on] of typed.switches) out.push(`--${name}=${on}`);
  const wanted = Object.entries(flags).filter(([, flag]) => flag.type === 'positional');
  const extra = typed.positionals[wanted.length];
  if (extra !== undefined) throw new UsageError(`one argument too many: ${quoted(extra)}`);
  const missing = wanted.find(([, { optional }], index) => !optional && typed.positionals[index] === undefined);
  if (missing) throw new UsageError(`${missing[0].toUpperCase()} is missing: ${missing[1].description}`);
  return typed.positionals.length ? [...out, '--', ...typed.positionals] : out;
}

function read(argv: readonly string[], flags: Flags): Typed {
  const typed: Typed = { values: new Map(), switches: new Map(), positionals: [] };
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]!;
    if (argument === '--') {
      typed.positionals.push(...argv.slice(index + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      typed.positionals.push(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const spelling = equals < 0 ? argument : argument.slice(0, equals);
    const { name, flag, negated } = flagOf(spelling, flags);
    let value = equals < 0 ? undefined : argument.slice(equals + 1);
    if (flag.type === 'boolean') {
      typed.switches.set(name, switched(spelling, value) !== negated);
      continue;
    }
    if (value === undefined) {
      index += 1;
      value = argv[index];
      if (value === undefined)
        throw new UsageError(`${spelling} needs a value: ${spelling} ${flag.valueHint ?? 'VALUE'}`);
    }
    if (value.includes(separator)) throw new UsageError(`${spelling}: a NUL character is no part of any value`);
    typed.values.set(name, [...(typed.values.get(name) ?? []), value]);
  }
  return typed;
}

function flagOf(spelling: string, flags: Flags): { name: string; flag: Flag; negated: boolean } {
  const options = Object.entries(flags).filter(([, { type }]) => type !== 'positional');
  const find = (wanted: string) =>
    options.find(([name, { alias }]) => wanted === `--${name}` || (alias !== undefined && wanted === `-${alias}`));
  // The parameters of the HTTP interface are written with underscores; so may be their flags.
  const dashed = spelling.replace(/(?<=\w)_/g, '-');
  const found = find(dashed);
  if (found) return { name: found[0], flag: found[1], negated: false };
  const positive = dashed.startsWith('--no-') ? find(`--${dashed.slice(5)}`) : undefined;
  if (positive?.[1].type === 'boolean') return { name: positive[0], flag: positive[1], negated: true };
  const known = [...options.map(([name]) => `--${name}`), '--help'];
  const likely = meant(dashed, known);
  throw new UsageError(`unknown flag ${quoted(spelling)}${likely ? `, did you mean ${likely}?` : ''}`);
}

function switched(spelling: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new UsageError(`${spelling} is true or false, not ${quoted(value)}`);
}

/** Short, on one line, without a URL's credentials, and without anything that a terminal would act upon. */
export function quoted(value: string): string {
  const plain = value.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').replace(/(:\/\/)[^\s/]*@/g, '$1***@');
  return `"${plain.length > 80 ? `${plain.slice(0, 77)}...` : plain}"`;
}
