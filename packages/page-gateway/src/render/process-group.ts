// The processes of one browser: how much memory they hold together, and how to end all of them. It only ever looks at and
// ends the group that it is told.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Bytes in a page of memory, as Linux counts them. */
const pageSize = 4096;

/** The group of a process; undefined where the system does not tell. */
export function groupOf(pid: number): number | undefined {
  const text = readOf(pid, 'stat');
  return text === undefined ? undefined : groupIn(text);
}

/** Bytes that the processes of the group hold; undefined where there is none, or the system does not tell. */
export function memoryOf(group: number): number | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  const members = names.filter((name) => /^\d+$/.test(name) && groupOf(Number(name)) === group);
  if (members.length === 0) return undefined;
  return members.reduce((sum, name) => sum + ownMemoryOf(Number(name)), 0);
}

/** Ends every process of the group at once. */
export function killGroup(group: number): void {
  try {
    process.kill(process.platform === 'win32' ? group : -group, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Bytes that this machine has left for new processes; undefined where it does not tell. */
export async function availableMemory(): Promise<number | undefined> {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** What is shared between processes is in no page's own memory. */
function ownMemoryOf(pid: number): number {
  const [, resident = 0, shared = 0] = (readOf(pid, 'statm') ?? '').split(' ').map(Number);
  return (resident - shared) * pageSize;
}

function groupIn(stat: string): number | undefined {
  // The name may contain anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // What has ended and waits for its parent to notice holds nothing.
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[2]);
}

/** At once, because these are no files of a disk: a few microseconds each, of which waiting would make a hundred. */
function readOf(pid: number, file: 'stat' | 'statm'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
