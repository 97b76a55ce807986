// What can be wrong with the data folder, in one sentence for the operator: what is wrong, where, and what to do. It never
// quotes what is stored.

export type StoreErrorCode =
  | 'not_writable'
  | 'corrupt'
  | 'newer_schema'
  | 'disk_full'
  | 'busy'
  | 'unreachable'
  | 'closed'
  | 'io'
  | 'unknown';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const sentences: ReadonlyArray<readonly [pattern: RegExp, code: StoreErrorCode, sentence: string]> = [
  [/^SQLITE_FULL/, 'disk_full', 'the disk is full: make room, nothing else is wrong'],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    'corrupt',
    'the file is damaged or no database: move it away to begin anew, or restore it from a copy',
  ],
  [/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/, 'not_writable', 'the file cannot be written: check its owner and mode'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy', 'another process holds the file for too long: try again'],
  [/^SQLITE_IOERR/, 'io', 'the disk cannot be read or written'],
];

/** Says what SQLite's code means for the file at `path`; what is no error of SQLite stays what it is. */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!code.startsWith('SQLITE_') && !error.message.includes('ConnectionFailed')) return error;
  if (code.startsWith('SQLITE_CONSTRAINT')) return error;
  const known = sentences.find(([pattern]) => pattern.test(code));
  if (known) return new StoreError(known[1], `${path}: ${known[2]}`, error);
  if (code === '') return new StoreError('not_writable', `${path}: the file cannot be opened`, error);
  return new StoreError('unknown', `${path}: ${error.message}`, error);
}

/** The same for what the file system says of the folder itself. */
export function folderErrorOf(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const say = (kind: StoreErrorCode, sentence: string) => new StoreError(kind, `${folder}: ${sentence}`, error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'ENOENT':
      return say(
        'not_writable',
        'the data folder cannot be written: check its owner and mode, or name another by --data',
      );
    case 'EROFS':
      return say('not_writable', 'the data folder is on a read-only file system: name another by --data');
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return say('not_writable', 'there is a file where the data folder should be: name another by --data');
    case 'ENOSPC':
    case 'EDQUOT':
      return say('disk_full', 'the disk is full: make room, or name another data folder by --data');
    default:
      return error;
  }
}
