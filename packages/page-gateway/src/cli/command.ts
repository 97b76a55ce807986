// What a command of `page-gateway` is made of: citty's commands, with what a person needs to know beside them.
import { type ArgsDef, type CommandDef, type CommandMeta, defineCommand } from 'citty';

export interface Flag {
  readonly type: 'string' | 'boolean' | 'positional';
  readonly description: string;
  readonly alias?: string;
  /** What stands for the value in the help: `PORT`. */
  readonly valueHint?: string;
  /** What holds where it is not given, in words; told in the help only. */
  readonly otherwise?: string;
  /** The variable of the environment that says the same. */
  readonly env?: string;
  /** May be given several times, or once with commas. */
  readonly many?: boolean;
  /** A positional that may be left out. */
  readonly optional?: boolean;
  /** The heading that it stands under in the help. */
  readonly group?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What was typed, checked against the flags: strings by name, lists where a flag may be repeated. */
export interface Given {
  text(name: string): string | undefined;
  list(name: string): readonly string[] | undefined;
  on(name: string): boolean;
  /** `undefined`: neither on nor off was typed. */
  switched(name: string): boolean | undefined;
}

export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Leaf {
  readonly name: string;
  readonly summary: string;
  readonly flags: Flags;
  /** Further paragraphs of the help, examples first. */
  readonly examples?: readonly string[];
  readonly notes?: readonly string[];
  /** @returns the exit code. */
  run(given: Given, io: Io): Promise<number>;
}

export interface Branch {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, Leaf | Branch>>;
  readonly examples?: readonly string[];
  readonly notes?: readonly string[];
}

/** A leaf as citty runs it: the arguments are checked and complete by then. */
export function cittyOf(leaf: Leaf, io: Io, exit: (code: number) => void): CommandDef<ArgsDef> {
  const meta: CommandMeta = { name: leaf.name, description: leaf.summary };
  const args: ArgsDef = Object.fromEntries(
    Object.entries(leaf.flags).map(([name, { type, description, alias, optional }]) => [
      name,
      { type, description, ...(alias && { alias }), ...(type === 'positional' && { required: !optional }) },
    ]),
  );
  return defineCommand({
    meta,
    args,
    run: async ({ args: parsed }) => exit(await leaf.run(givenOf(parsed as Record<string, unknown>), io)),
  });
}

/** Repeated values reach citty as one, held together by what no value can contain. */
export const separator = '\u0000';

function givenOf(parsed: Readonly<Record<string, unknown>>): Given {
  const text = (name: string) => (typeof parsed[name] === 'string' ? parsed[name] : undefined);
  return {
    text,
    list: (name) => text(name)?.split(separator),
    on: (name) => parsed[name] === true,
    switched: (name) => (typeof parsed[name] === 'boolean' ? parsed[name] : undefined),
  };
}
