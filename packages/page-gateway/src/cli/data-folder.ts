// `--data`, which every command that opens the store has.
import { defaultFolder } from '../store/default-folder.js';
import type { Flag, Given, Io } from './command.js';

export const dataFlag: Flag = {
  type: 'string',
  description: 'The data folder: keys, usage, sessions, jobs, copies.',
  valueHint: 'DIR',
  otherwise: '~/.local/share/page-gateway',
  env: 'PAGE_GATEWAY_DATA',
};

export function dataFolderOf(given: Given, { env }: Io): string {
  return given.text('data') || env.PAGE_GATEWAY_DATA || defaultFolder(env);
}
