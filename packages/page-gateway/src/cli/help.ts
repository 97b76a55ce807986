// The help of each command: what it is for, how it is typed, every flag with its default and its variable, examples.
import type { Branch, Flag, Leaf } from './command.js';

const narrowest = 50;
const widest = 110;

/** @param path The words that lead here: `page-gateway keys add`. */
export function helpOf(command: Leaf | Branch, path: string, columns = 80): string {
  const width = Math.max(narrowest, Math.min(widest, columns));
  const sections = [
    `${command.summary}\n`,
    ...('flags' in command ? leafHelp(command, path, width) : branchHelp(command, path, width)),
  ];
  if (command.examples?.length) {
    sections.push(section('Examples', command.examples.map((example) => `  ${example}`).join('\n')));
  }
  for (const note of command.notes ?? []) sections.push(`${wrap(note, width).join('\n')}\n`);
  return sections.join('\n');
}

function leafHelp({ flags }: Leaf, path: string, width: number): string[] {
  const entries = Object.entries(flags);
  const positionals = entries.filter(([, { type }]) => type === 'positional');
  const options = entries.filter(([, { type }]) => type !== 'positional');
  const typed = positionals.map(([name, { optional }]) => (optional ? `[${name.toUpperCase()}]` : name.toUpperCase()));
  const usage = [path, ...typed, ...(options.length ? ['[flags]'] : [])].join(' ');
  const sections = [section('Usage', `  ${usage}`)];
  if (positionals.length) {
    const rows = positionals.map(([name, { description }]) => [name.toUpperCase(), description] as const);
    sections.push(section('Arguments', table(rows, width)));
  }
  const help: Flag = { type: 'boolean', description: 'This text.', alias: 'h' };
  for (const [group, members] of grouped([...options, ['help', help]])) {
    const rows = members.map(([name, flag]) => [spelled(name, flag), told(flag)] as const);
    sections.push(section(group, table(rows, width)));
  }
  return sections;
}

function branchHelp({ commands }: Branch, path: string, width: number): string[] {
  const rows = Object.values(commands).map(({ name, summary }) => [name, summary] as const);
  return [
    section('Usage', `  ${path} COMMAND`),
    section('Commands', table(rows, width)),
    `${path} COMMAND --help tells more of a command.\n`,
  ];
}

function grouped(entries: ReadonlyArray<readonly [string, Flag]>): Map<string, Array<readonly [string, Flag]>> {
  const groups = new Map<string, Array<readonly [string, Flag]>>();
  for (const entry of entries) {
    const group = entry[1].group ?? 'Flags';
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return groups;
}

function spelled(name: string, { type, alias, valueHint }: Flag): string {
  const value = type === 'string' ? ` ${valueHint ?? 'VALUE'}` : '';
  return `${alias ? `-${alias}, ` : ''}--${name}${value}`;
}

function told({ description, otherwise, env, many }: Flag): string {
  const facts = [
    ...(many ? ['may be repeated'] : []),
    ...(otherwise === undefined ? [] : [`default: ${otherwise}`]),
    ...(env ? [env] : []),
  ];
  return facts.length ? `${description} (${facts.join('; ')})` : description;
}

function section(title: string, body: string): string {
  return `${title}:\n${body}\n`;
}

function table(rows: ReadonlyArray<readonly [left: string, right: string]>, width: number): string {
  const left = Math.min(28, Math.max(...rows.map(([each]) => each.length))) + 4;
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, width - left);
      const head = name.length + 4 > left ? [`  ${name}`] : [`  ${name}`.padEnd(left) + lines.shift()];
      return [...head, ...lines.map((line) => ' '.repeat(left) + line)].join('\n');
    })
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
