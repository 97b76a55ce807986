// A page as its caller wants it. What is passed on nearly as it came is made here, at next to no cost; whatever has to be
// read as a document goes to a worker, so that none holds up the service.
import { availableParallelism } from 'node:os';
import { DecodeError, type ExtractMap, extractFrom, parseMarkup } from 'errand';
import type { Page } from '../core/page.js';
import type { Format, PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import { type Content, contentOf } from './content-kind.js';
import { envelopeFacts } from './envelope.js';
import { portableHtml } from './html-document.js';
import { badRules, badSelector } from './refusals.js';
import type { Task } from './task.js';
import { WorkerPool } from './worker-pool.js';

export interface FormatsOptions {
  /**
   * Worker threads that convert documents; started when first needed.
   * @default availableParallelism() - 1, at least 2, at most 4
   * @example new Formats({ workers: 2 })
   */
  readonly workers?: number;
  /**
   * Milliseconds that one document may take; then it is 422 `unprocessable_document`.
   * @default 10_000
   * @example new Formats({ timeLimit: 3_000 })
   */
  readonly timeLimit?: number;
  /**
   * Bytes of memory that one document may come to while it is converted; more is 422 `unprocessable_document`.
   * @default 1 GiB
   * @example new Formats({ memoryLimit: 256 * 1024 ** 2 })
   */
  readonly memoryLimit?: number;
  /**
   * Documents that may wait for a worker; one more is 503 `overloaded`.
   * @default 256
   * @example new Formats({ queueLimit: 32 })
   */
  readonly queueLimit?: number;
}

export interface ConvertOptions {
  /** Ends the conversion: the caller has gone or the time is up. */
  readonly signal?: AbortSignal;
  /** Told in the envelope. @default 'miss' */
  readonly cache?: 'hit' | 'miss';
}

export interface Converted {
  readonly body: Uint8Array;
  readonly contentType: string;
}

const contentTypes = {
  html: 'text/html; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  links: 'application/json',
  json: 'application/json',
  extract: 'application/json',
} as const satisfies Record<Task['output'], string>;

/** Longer HTML is looked through in a worker. */
const lightHtml = 512 * 1024;
export class Formats {
  readonly #pool: WorkerPool;
  readonly #maxMemory: number;

  constructor(options: FormatsOptions = {}) {
    const { memoryLimit = 1024 ** 3, timeLimit = 10_000, queueLimit = 256 } = options;
    const workers = options.workers ?? Math.min(4, Math.max(2, availableParallelism() - 1));
    this.#pool = new WorkerPool({ workers, timeLimit, memoryLimit, queueLimit });
    this.#maxMemory = memoryLimit;
  }

  /**
   * Finds out before anything is fetched whether selectors and rules make sense.
   * @throws Problem bad_parameter, naming the parameter.
   */
  async check(request: PageRequest): Promise<void> {
    const { targetSelector, removeSelector, extractRules } = request;
    if (targetSelector === undefined && removeSelector === undefined && extractRules === undefined) return;
    const empty = await parseMarkup('');
    checkSelector('target_selector', targetSelector, (selector) => empty.root().find(selector));
    checkSelector('remove_selector', removeSelector, (selector) => empty.root().find(selector));
    if (extractRules === undefined) return;
    try {
      await extractFrom(empty, extractRules as ExtractMap);
    } catch (error) {
      throw badRules(error);
    }
  }

  /** @throws Problem, or the signal's reason. */
  async convert(request: PageRequest, page: Page, options: ConvertOptions = {}): Promise<Converted> {
    const { format } = request;
    const { fetched } = page;
    if (format === 'screenshot' || format === 'pdf') return picture(format, page);
    const content = contentOf(fetched);
    if (format === 'raw' && request.extractRules === undefined) {
      return { body: fetched.body, contentType: content.passedAs };
    }
    const output = outputOf(request);
    const direct = this.#direct(request, page, content, output);
    if (direct !== undefined) return direct;
    requireReadable(content, output);
    const { extractRules, onlyMainContent, targetSelector, removeSelector } = request;
    const { kind, contentType } = content;
    const task: Task = {
      output,
      kind,
      contentType,
      url: fetched.url,
      extractRules,
      onlyMainContent,
      targetSelector,
      removeSelector,
      facts: output === 'json' ? envelopeFacts(request, page, options.cache ?? 'miss') : undefined,
      maxMemory: this.#maxMemory,
    };
    const body = await this.#pool.run(task, fetched.body, options.signal);
    return { body, contentType: typeOf(output, kind) };
  }

  /** Ends the workers; what they are at is rejected. Idempotent. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** What needs no worker; `undefined` where one is needed. */
  #direct(request: PageRequest, { fetched }: Page, content: Content, output: Task['output']): Converted | undefined {
    if (output !== 'html') return undefined;
    const { kind, contentType, passedAs } = content;
    const selective =
      request.onlyMainContent || request.targetSelector !== undefined || request.removeSelector !== undefined;
    if (kind !== 'html' && kind !== 'xhtml') {
      if (selective) throw notHtml(content, 'what is selected from it');
      return { body: fetched.body, contentType: passedAs };
    }
    if (selective || fetched.body.length > lightHtml) return undefined;
    try {
      const body = portableHtml({ bytes: fetched.body, contentType, url: fetched.url, xml: kind === 'xhtml' });
      return { body, contentType: typeOf('html', kind) };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new Problem('unprocessable_document', error.message, { cause: error });
    }
  }
}

function outputOf({ format, extractRules }: PageRequest): Task['output'] {
  if (extractRules !== undefined && format !== 'json') return 'extract';
  return format === 'raw' ? 'html' : (format as Exclude<Format, 'raw' | 'screenshot' | 'pdf'>);
}

function typeOf(output: Task['output'], kind: Content['kind']): string {
  return output === 'html' && kind === 'xhtml' ? 'application/xhtml+xml; charset=utf-8' : contentTypes[output];
}

/** @throws Problem where the format is one of HTML and the document is none. */
function requireReadable(content: Content, output: Task['output']): void {
  const { kind, passedAs } = content;
  if (kind === 'html' || kind === 'xhtml' || output === 'json') return;
  if (output === 'extract' && kind === 'xml') return;
  const essence = passedAs.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (output === 'text' || output === 'markdown') {
    if (essence === 'text/plain' || essence === 'text/markdown' || essence === 'text/x-markdown') return;
  }
  throw notHtml(content, output === 'extract' ? 'extract_rules' : `format=${output}`);
}

function notHtml({ passedAs }: Content, wanted: string): Problem {
  const [essence] = passedAs.split(';', 1);
  return new Problem(
    'unprocessable_document',
    `${wanted} needs an HTML document, and the page is ${essence}; format=raw or format=json gives it as it is`,
  );
}

function picture(format: 'screenshot' | 'pdf', { fetched }: Page): Converted {
  const body = fetched.rendered?.[format];
  const contentType = format === 'pdf' ? 'application/pdf' : 'image/png';
  if (body !== undefined) return { body, contentType };
  const why = fetched.rendered?.warnings.join('; ');
  const detail = why || 'the page was not rendered';
  throw new Problem('unprocessable_document', `there is no ${format} of the page: ${detail}`);
}

function checkSelector(parameter: string, selector: string | undefined, find: (selector: string) => unknown): void {
  if (selector === undefined) return;
  try {
    find(selector);
  } catch (error) {
    throw badSelector(parameter, selector, error);
  }
}
