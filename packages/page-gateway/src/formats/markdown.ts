// A page as GitHub flavoured Markdown. The tree is prepared for the converter first: what is no text is taken out, tables
// are made such that Markdown can say them, addresses are whole.
import gfm from '@joplin/turndown-plugin-gfm';
import type { CheerioAPI } from 'cheerio';
import TurndownService from 'turndown';
import { makeAddressesWhole, type TreeNode } from './tree.js';
import { isHidden } from './visible-text.js';

const noText =
  'head, script, style, noscript, template, iframe, frame, object, embed, svg, canvas, audio, video, map, datalist, select, button, textarea, input:not([type=checkbox])';

/** Changes the tree. */
export function markdownOf($: CheerioAPI, base: string): string {
  $(noText).remove();
  $('[hidden], [style], dialog').each((_, element) => {
    if (isHidden(element as unknown as TreeNode)) $(element).remove();
  });
  makeAddressesWhole($, base);
  leaveOutData($);
  prepareCode($);
  prepareTables($);
  return converter.turndown($('body').html() ?? '').trim();
}

/** A picture inside its own address says nothing and may be as long as the page. */
function leaveOutData($: CheerioAPI): void {
  $('img[src^="data:" i], img[src^="blob:" i]').removeAttr('src');
  $('a[href^="javascript:" i], a[href^="data:" i]').removeAttr('href');
}

/** Code in <pre> alone becomes a block like that in <pre><code>; the language is where highlighters put it. */
function prepareCode($: CheerioAPI): void {
  $('pre').each((_, element) => {
    const pre = $(element);
    const code = pre.children('code').first();
    const marks = [code.attr('class'), pre.attr('class'), pre.parent().attr('class')].join(' ');
    const language =
      /(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]+)/.exec(marks)?.[1] ??
      code.attr('data-lang') ??
      pre.attr('lang');
    pre.find('br').replaceWith('\n');
    const text = pre.text();
    const block = $('<code>').text(text);
    if (language !== undefined) block.attr('class', `language-${language}`);
    pre.empty().append(block);
  });
}

const widest = 100;

/** Tables as Markdown can say them; those that only lay out the page become the blocks they hold. */
function prepareTables($: CheerioAPI): void {
  $('table').each((_, element) => {
    const table = $(element);
    if (table.find('table').length > 0 || table.attr('role') === 'presentation') {
      table
        .children()
        .children('tr')
        .addBack('tr')
        .children('td, th')
        .each((_index, cell) => rename(cell, 'div'));
      table.children('tbody, thead, tfoot').each((_index, part) => rename(part, 'div'));
      table
        .children()
        .children('tr')
        .each((_index, row) => rename(row, 'div'));
      rename(element, 'div');
      return;
    }
    table.find('td, th').each((_index, cell) => prepareCell($, $(cell)));
  });
}

function prepareCell($: CheerioAPI, cell: ReturnType<CheerioAPI>): void {
  if (Number(cell.attr('colspan') ?? 1) > widest) cell.removeAttr('colspan');
  cell.find('h1, h2, h3, h4, h5, h6').each((_, heading) => rename(heading, 'b'));
  cell.find('hr').remove();
  cell.find('li').each((_, item) => {
    $(item).prepend('• ').append('<br>');
    rename(item, 'span');
  });
  cell.find('pre').each((_, pre) => {
    const code = $('<code>').text(
      $(pre)
        .text()
        .trim()
        .replace(/\s*\n\s*/g, ' '),
    );
    $(pre).replaceWith(code);
  });
  cell.find('ul, ol, blockquote').each((_, block) => rename(block, 'span'));
}

function rename(element: unknown, name: string): void {
  (element as { name: string }).name = name;
}

const converter = new TurndownService({
  headingStyle: 'atx',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
  emDelimiter: '*',
  hr: '---',
});
converter.use(gfm.gfm);
// One space behind the marker, and as many before what belongs to the item as the marker is wide.
converter.addRule('listItem', {
  filter: 'li',
  replacement(content, node) {
    const list = node.parentNode as unknown as {
      nodeName: string;
      getAttribute(name: string): string | null;
      children: ArrayLike<unknown>;
    };
    let marker = '- ';
    if (list.nodeName === 'OL') {
      const start = Number(list.getAttribute('start') ?? 1);
      marker = `${(Number.isInteger(start) ? start : 1) + positionIn(node)}. `;
    }
    const text = content.trim().replace(/\n/g, `\n${' '.repeat(marker.length)}`);
    return `${marker}${text.replace(/\n +(?=\n)/g, '\n')}${(node as { nextSibling: unknown }).nextSibling ? '\n' : ''}`;
  },
});
// Two tildes: GitHub's own, where one is for those who write by hand.
converter.addRule('strikethrough', {
  filter: ['del', 's'],
  replacement: (content) => (content.trim() ? `~~${content}~~` : ''),
});

/** Lists may be long: each item's place is the one before it and one more. */
const positions = new WeakMap<object, number>();

interface Sibling {
  readonly previousElementSibling?: Sibling | null;
  readonly nodeName: string;
}

function positionIn(node: object): number {
  let before = (node as Sibling).previousElementSibling;
  while (before && before.nodeName !== 'LI') before = before.previousElementSibling;
  const place = before ? (positions.get(before) ?? 0) + 1 : 0;
  positions.set(node, place);
  return place;
}
