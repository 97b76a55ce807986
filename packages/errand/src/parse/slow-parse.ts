// Says, once for each place in the caller's program, that reading a body held up the event loop, and what to do about it.
import type { Call } from '../core/call.js';
import { showUrl } from '../core/redact.js';

/** Milliseconds on this thread from which on a body is worth a word. */
const slow = 50;
/** Places that are remembered; more are not warned about. */
const places = 1_000;

/** Where a reading was asked for: `file:line:column`; undefined where the stack does not show it. */
export function callSite(): string | undefined {
  const lines = new Error().stack?.split('\n').slice(1) ?? [];
  const own = lines
    .map(fileOf)
    .find(Boolean)
    ?.replace(/parse[\\/][^\\/]*$/, '');
  const place = lines.find((line) => {
    const file = fileOf(line);
    return file !== undefined && !file.startsWith('node:') && !(own !== undefined && file.startsWith(own));
  });
  return place?.replace(/^\s*at (?:async )?/, '').replace(/^.*\((.*)\)$/, '$1');
}

function fileOf(line: string): string | undefined {
  return /(?:\(|at (?:async )?)((?:file:\/\/|node:|\/|[a-z]:\\)[^()]*?):\d+:\d+\)?$/i.exec(line)?.[1];
}

export class SlowParses {
  readonly #warned = new Set<string>();

  /** `took` milliseconds were spent on this thread on `bytes` bytes. */
  note(took: number, bytes: number, call: Call, site: string | undefined): void {
    if (took < slow || this.#warned.size >= places) return;
    const key = site ?? call.url.origin;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    process.emitWarning(
      `${call.method} ${showUrl(call.url)}${site === undefined ? '' : ` (read at ${site})`}: .json() of ${bytes} bytes held the event ` +
        `loop for ${Math.round(took)} ms. A whole value can only be built on this thread: take the parts you need by ` +
        `.select('$.path') or .json(schema), which are read in a worker, or ask for less.`,
      { type: 'ErrandWarning', code: 'ERRAND_SLOW_PARSE' },
    );
  }
}
