// What of a document is asked for: without what is to be removed, only what is selected, only the main content. Changes the
// tree it is given.
import type { CheerioAPI } from 'cheerio';
import { parseMarkup } from 'errand';
import { badSelector } from './refusals.js';
import type { Task } from './task.js';
import { baseOf, makeAddressesWhole } from './tree.js';

export interface Selection {
  readonly $: CheerioAPI;
  /** Whether the tree is the document still, and not a piece of it. */
  readonly whole: boolean;
}

/** @throws Problem for a selector that is none. */
export async function selectIn(document: CheerioAPI, task: Task): Promise<Selection> {
  const { removeSelector, targetSelector, onlyMainContent, url, maxMemory } = task;
  if (removeSelector !== undefined) find(document, removeSelector, 'remove_selector').remove();
  if (targetSelector === undefined && !onlyMainContent) return { $: document, whole: true };
  // A piece takes no <base> along.
  makeAddressesWhole(document, baseOf(document, url));
  const { title } = headOf(document);
  let piece = targetSelector === undefined ? undefined : outermost(document, targetSelector);
  if (onlyMainContent) {
    const { mainContent } = await import('./main-content.js');
    const of = piece === undefined ? document : await parseMarkup(pageOf(title, piece), { maxMemory });
    piece = mainContent(of.html()) ?? likelyContent(of);
  }
  return { $: await parseMarkup(pageOf(title, piece ?? ''), { maxMemory }), whole: false };
}

export interface Head {
  readonly title: string | null;
  readonly description: string | null;
  readonly language: string | null;
  readonly canonical: string | null;
}

export function headOf($: CheerioAPI): Head {
  const said = (value: string | undefined) => value?.replace(/\s+/g, ' ').trim() || null;
  return {
    title:
      said($('title').not('svg title').first().text()) ?? said($('meta[property="og:title"]').first().attr('content')),
    description:
      said($('meta[name="description" i]').first().attr('content')) ??
      said($('meta[property="og:description"]').first().attr('content')),
    language: said($('html').first().attr('lang')),
    canonical: said($('link[rel~="canonical" i]').first().attr('href')),
  };
}

/** Matches inside of other matches are in those already. */
function outermost($: CheerioAPI, selector: string): string {
  const matches = find($, selector, 'target_selector');
  const all = new Set<unknown>(matches.toArray());
  const pieces = matches.toArray().filter((element) => {
    for (let { parent } = element; parent !== null; { parent } = parent) if (all.has(parent)) return false;
    return true;
  });
  return pieces.map((element) => $.html(element)).join('\n');
}

function find($: CheerioAPI, selector: string, parameter: string): ReturnType<CheerioAPI> {
  try {
    return $.root().find(selector) as unknown as ReturnType<CheerioAPI>;
  } catch (error) {
    throw badSelector(parameter, selector, error);
  }
}

/** What surrounds the content of a page. */
const furniture =
  'nav, header, footer, aside, [role="navigation"], [role="banner"], [role="contentinfo"], [role="complementary"], [role="search"]';

/** For pages in whose text no part stands out: what the page itself calls its content, or all but its furniture. */
function likelyContent($: CheerioAPI): string {
  for (const selector of ['main', '[role="main"]', 'article']) {
    const found = $(selector).first();
    if (found.length > 0) return $.html(found);
  }
  $(furniture).remove();
  return $('body').html() ?? '';
}

function pageOf(title: string | null, body: string): string {
  const escaped = title?.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<!DOCTYPE html><html><head>${escaped ? `<title>${escaped}</title>` : ''}</head><body>${body}</body></html>`;
}
