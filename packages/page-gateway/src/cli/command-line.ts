// From what was typed to an exit code: finds the command, checks its arguments, prints help and the version, and tells every
// failure in one line on stderr. 0: done; 1: it failed; 2: the command line itself was wrong.
import { readFileSync } from 'node:fs';
import { runCommand } from 'citty';
import { Problem } from '../core/problem.js';
import { meant } from '../kit/nearest.js';
import { StoreError } from '../store/store-error.js';
import { type Branch, cittyOf, type Io, type Leaf } from './command.js';
import { helpOf } from './help.js';
import { checked, quoted } from './strict.js';
import { UsageError } from './usage-error.js';

const name = 'page-gateway';

export async function runCommandLine(root: Branch, argv: readonly string[], io: Io): Promise<number> {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
  let path = name;
  let command: Leaf | Branch = root;
  try {
    while ('commands' in command) {
      const word = words.shift();
      if (word === '--help' || word === '-h') return print(io.stdout, helpOf(command, path, io.stdout.columns));
      if (command === root && (word === '--version' || word === '-v')) return print(io.stdout, `${version()}\n`);
      if (word === undefined) {
        print(io.stderr, helpOf(command, path, io.stderr.columns));
        return 2;
      }
      command = subcommand(command, word);
      path += ` ${command.name}`;
    }
    return await runLeaf(command, path, words, io);
  } catch (error) {
    return tell(error, path, io);
  }
}

async function runLeaf(leaf: Leaf, path: string, words: readonly string[], io: Io): Promise<number> {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  if (options.includes('--help') || options.includes('-h')) {
    return print(io.stdout, helpOf(leaf, path, io.stdout.columns));
  }
  let code = 0;
  const command = cittyOf(leaf, io, (given) => {
    code = given;
  });
  await runCommand(command, { rawArgs: checked(words, leaf.flags) });
  return code;
}

function subcommand({ commands }: Branch, word: string): Leaf | Branch {
  if (Object.hasOwn(commands, word)) return commands[word]!;
  if (word.startsWith('-')) throw new UsageError(`a command comes first, not ${quoted(word)}`);
  const likely = meant(word, Object.keys(commands));
  throw new UsageError(`unknown command ${quoted(word)}${likely ? `, did you mean ${likely}?` : ''}`);
}

function tell(error: unknown, path: string, io: Io): number {
  if (error instanceof UsageError) {
    print(io.stderr, `${path}: ${error.message} (${path} --help tells more)\n`);
    return 2;
  }
  print(io.stderr, `${path}: ${sentenceOf(error)}\n`);
  return 1;
}

function sentenceOf(error: unknown): string {
  if (error instanceof Problem) return `${error.code}: ${error.message}`;
  if (error instanceof StoreError) return error.message;
  if (!(error instanceof Error)) return String(error);
  // What the system says names its own cause; anything else is a mistake of ours, and its place helps to find it.
  return 'code' in error || error instanceof TypeError ? error.message : (error.stack ?? error.message);
}

function print(stream: NodeJS.WritableStream, text: string): 0 {
  stream.write(text);
  return 0;
}

export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}
