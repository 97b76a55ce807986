// A document's tree as the formats walk it, and what makes its addresses whole. Trees come from errand, which has counted
// their depth, so that walking them by recursion is safe.
import type { CheerioAPI } from 'cheerio';
import { resolveBase } from './html-document.js';

export interface TreeNode {
  readonly type: string;
  readonly name?: string;
  readonly attribs?: Record<string, string>;
  readonly children?: readonly TreeNode[];
  readonly data?: string;
}

export function rootOf($: CheerioAPI): TreeNode {
  return $.root()[0] as unknown as TreeNode;
}

/** What the relative links of the document resolve against. */
export function baseOf($: CheerioAPI, url: string): string {
  const href = $('base[href]').first().attr('href');
  return href === undefined ? url : resolveBase(href, url);
}

/** The absolute URL; `undefined` where there is none. */
export function wholeUrl(value: string, base: string): string | undefined {
  const trimmed = value.trim();
  return URL.canParse(trimmed, base) ? new URL(trimmed, base).href : undefined;
}

const addresses = ['href', 'src', 'action', 'formaction', 'poster', 'cite'] as const;

/** Makes the addresses of links, images and forms absolute, in place. */
export function makeAddressesWhole($: CheerioAPI, base: string): void {
  for (const name of addresses) {
    $(`[${name}]`).each((_, element) => {
      const value = $(element).attr(name) as string;
      const whole = value.trim() === '' ? undefined : wholeUrl(value, base);
      if (whole !== undefined) $(element).attr(name, whole);
    });
  }
  $('[srcset]').each((_, element) => {
    $(element).attr('srcset', wholeSrcset($(element).attr('srcset') as string, base));
  });
}

function wholeSrcset(value: string, base: string): string {
  return value.replace(
    /([^\s,]\S*[^\s,]|[^\s,])(\s+[\d.]+[wxh])?\s*(?=,|$)/g,
    (_, url: string, width = '') => `${wholeUrl(url, base) ?? url}${width}`,
  );
}
