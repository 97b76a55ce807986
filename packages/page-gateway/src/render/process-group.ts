// The processes of one browser: how much memory they hold together, and how to end all of them. It only ever looks at and
// ends the group that it is told.
import { readdir, readFile } from 'node:fs/promises';

/** Bytes in a page of memory, as Linux counts them. */
const pageSize = 4096;

/** The group of a process; undefined where the system does not tell. */
export async function groupOf(pid: number): Promise<number | undefined> {
  return (await readStat(pid))?.group;
}

/** Bytes that the processes of the group hold; undefined where the system does not tell. */
export async function memoryOf(group: number): Promise<number | undefined> {
  let names: string[];
  try {
    names = await readdir('/proc');
  } catch {
    return undefined;
  }
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(readStat));
  const members = stats.filter((stat) => stat?.group === group);
  return members.length === 0 ? undefined : members.reduce((sum, stat) => sum + (stat?.resident ?? 0), 0);
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

/** What is shared between processes counts once only: where the file is from, it is in no renderer's own memory. */
async function readStat(pid: number): Promise<{ group: number; resident: number } | undefined> {
  try {
    const [stat, memory] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/statm`, 'utf8'),
    ]);
    // The name may contain anything, parentheses too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // What has ended and waits for its parent to notice holds nothing.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const [, resident = 0, shared = 0] = memory.split(' ').map(Number);
    return { group: Number(fields[2]), resident: (resident - shared) * pageSize };
  } catch {
    return undefined;
  }
}
