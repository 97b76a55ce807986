// Where the data folder is when nobody names one: the same for the service and for every command beside it, whatever
// folder they are started in.
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base =
    process.platform === 'win32'
      ? env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
      : env.XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return join(base, 'page-gateway');
}
