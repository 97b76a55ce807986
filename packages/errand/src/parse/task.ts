// One reading of one document, the same on this thread and in a worker: bytes in, plain data out.
import type { ExtractMap } from '../core/response.js';
import { checkJsonCost } from './budget.js';
import { decodeText, utf8Of } from './charset.js';
import { readContentType } from './content-type.js';
import { type DepthLimit, parseBounded } from './json.js';
import { prune } from './prune.js';
import { selectFrom } from './select.js';
import type { Shape } from './shape.js';

/** What is to be done with a document. Crosses to a worker as it is. */
export type Reading =
  | { readonly kind: 'text' }
  /** Does nothing but find out what is wrong with a JSON document. */
  | { readonly kind: 'check' }
  | { readonly kind: 'select'; readonly path: string }
  | { readonly kind: 'extract'; readonly map: ExtractMap; readonly xml: boolean }
  | { readonly kind: 'prune'; readonly shape: Shape };

export interface Task extends DepthLimit {
  readonly reading: Reading;
  readonly contentType: string | undefined;
  /** Bytes that reading the document may come to. */
  readonly maxMemory: number;
}

/** @throws the family's errors, and TypeError where the reading itself makes no sense. */
export async function perform(task: Task, bytes: Uint8Array): Promise<unknown> {
  const { reading, contentType, maxDepth, maxMemory } = task;
  const type = readContentType(contentType);
  const text = decodeText(bytes, type);
  if (reading.kind === 'text') return text;
  if (reading.kind === 'extract') {
    const { extractFrom } = await import('./markup.js');
    return extractFrom(text, reading.map, reading.xml, task);
  }
  checkJsonCost(text, maxMemory);
  const value = parseBounded(text, utf8Of(text, bytes, type), task);
  if (reading.kind === 'select') return selectFrom(value, reading.path, maxDepth);
  return reading.kind === 'prune' ? prune(value, reading.shape) : undefined;
}
