// The conversion of one document, in a worker: bytes in, the answer's bytes out.
import type { CheerioAPI } from 'cheerio';
import { DecodeError, decodeText, type ExtractMap, extractFrom, ParseError, parseMarkup } from 'errand';
import { Problem } from '../core/problem.js';
import { base64, type EnvelopeDocument } from './envelope.js';
import { portableHtml } from './html-document.js';
import { linksOf } from './links.js';
import { badRules } from './refusals.js';
import { headOf, selectIn } from './selection.js';
import type { Task } from './task.js';
import { baseOf, rootOf, wholeUrl } from './tree.js';
import { visibleText } from './visible-text.js';

/** @throws Problem */
export async function convert(task: Task, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const answer = await answerOf(task, bytes);
    return typeof answer === 'string' ? Buffer.from(answer) : answer;
  } catch (error) {
    throw problemOf(error);
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ParseError || error instanceof DecodeError) {
    return new Problem('unprocessable_document', plainly(error.message), { cause: error });
  }
  if (error instanceof RangeError) {
    return new Problem('unprocessable_document', 'the document is too intricate to be converted', { cause: error });
  }
  const { message } = error as Error;
  return new Problem('unprocessable_document', `the document could not be converted: ${message}`, { cause: error });
}

/** Errand's errors name its options, which are not the caller's. */
function plainly(message: string): string {
  if (message.includes('bytes of memory')) return 'the document takes more memory to convert than there is for one';
  return message.replace(/ \((?:parse\.)?max\w+\)$/, '').replace(/^elements/, 'the document has elements');
}

async function answerOf(task: Task, bytes: Uint8Array): Promise<string | Uint8Array> {
  const { output, kind, contentType, url, maxMemory } = task;
  const document = kind === 'html' || kind === 'xhtml';
  if (output === 'html' && !isSelective(task)) return portableHtml({ bytes, contentType, url, xml: kind === 'xhtml' });
  if (output === 'json' && !document) return notHtmlEnvelope(task, bytes);
  if (!document && !(kind === 'xml' && output === 'extract')) return decodeText(bytes, contentType);
  // The document may say its charset itself where nobody else did.
  const text = decodeText(bytes, contentType ?? 'text/html');
  const tree = await parseMarkup(text, { maxMemory: maxMemory * (twice(task) ? 0.5 : 1), xml: kind === 'xml' });
  if (kind === 'xml') return JSON.stringify(await extract(tree, task), nulls);
  if (output === 'json') return documentEnvelope(tree, task, bytes);
  const { $, whole } = await selectIn(tree, task);
  const base = whole ? baseOf($, url) : url;
  switch (output) {
    case 'html':
      return whole
        ? portableHtml({ bytes: Buffer.from($.html()), contentType: 'text/html; charset=utf-8', url })
        : inner($);
    case 'text':
      return visibleText(rootOf($));
    case 'markdown': {
      const { markdownOf } = await import('./markdown.js');
      return markdownOf($, base);
    }
    case 'links':
      return JSON.stringify(linksOf($, base));
    default:
      return JSON.stringify(await extract($, task), nulls);
  }
}

/** Whether a second tree is made of the first. */
function twice({ output, onlyMainContent, targetSelector }: Task): boolean {
  return output === 'markdown' || onlyMainContent || targetSelector !== undefined;
}

function isSelective({ removeSelector, targetSelector, onlyMainContent }: Task): boolean {
  return removeSelector !== undefined || targetSelector !== undefined || onlyMainContent;
}

function inner($: CheerioAPI): string {
  return $('body').html() ?? '';
}

/** What was not found is null: JSON knows no undefined. */
function nulls(_: string, value: unknown): unknown {
  return value === undefined ? null : value;
}

async function extract($: CheerioAPI, { extractRules }: Task): Promise<Record<string, unknown>> {
  try {
    return await extractFrom($, (extractRules ?? {}) as ExtractMap);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badRules(error);
  }
}

async function documentEnvelope(tree: CheerioAPI, task: Task, bytes: Uint8Array): Promise<string> {
  const { facts, url, contentType, kind, extractRules } = task;
  const { canonical, ...head } = headOf(tree);
  const { $, whole } = await selectIn(tree, task);
  const base = whole ? baseOf($, url) : url;
  const body = isSelective(task)
    ? whole
      ? portableHtml({ bytes: Buffer.from($.html()), contentType: 'text/html; charset=utf-8', url })
      : inner($)
    : portableHtml({ bytes, contentType, url, xml: kind === 'xhtml' });
  const said: EnvelopeDocument = {
    ...head,
    canonical: canonical === null ? null : (wholeUrl(canonical, base) ?? null),
    text: visibleText(rootOf($)),
    links: linksOf($, base),
    ...(extractRules !== undefined && { extracted: await extract($, task) }),
  };
  return JSON.stringify(
    { ...facts, ...said, body: typeof body === 'string' ? body : Buffer.from(body).toString() },
    nulls,
  );
}

function notHtmlEnvelope({ facts, kind, contentType }: Task, bytes: Uint8Array): string {
  const said: EnvelopeDocument = {
    title: null,
    description: null,
    language: null,
    canonical: null,
    text: null,
    links: [],
  };
  const body = kind === 'other' ? { bodyBase64: base64(bytes) } : { body: decodeText(bytes, contentType) };
  return JSON.stringify({ ...facts, ...said, ...body });
}
