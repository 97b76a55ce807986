/** Watched pages: what a reader sees of them is remembered, and news is which lines came and which went. */
import { createHash } from 'node:crypto';
import { fitEmbed } from '@errand/discord';
import type { APIEmbed } from 'discord.js';
import type { HttpResponse } from 'errand';
import { z } from 'zod';
import { pageLines } from '../documents/page.js';
import { codeBlock, plain, shorten } from '../text.js';
import type { Subject } from './subscriptions.js';

const PageState = z.object({ title: z.string(), fingerprint: z.string(), lines: z.array(z.string()) });
export type PageState = z.infer<typeof PageState>;

const keptLines = 200;
const shownLines = 6;

export const watchedPages: Subject<PageState> = {
  name: 'watch',
  state: PageState,
  async read(response, url, before) {
    const state = await read(response);
    const same = before === undefined || before.fingerprint === state.fingerprint;
    return { state, news: same ? [] : [difference(url, before, state)] };
  },
};

async function read(response: HttpResponse): Promise<PageState> {
  const type = response.headers.get('content-type') ?? '';
  const { host } = new URL(response.url);
  if (!/^text\/|json|xml|javascript/i.test(type))
    return { title: host, fingerprint: hash(await response.bytes()), lines: [] };
  const text = await response.text();
  const { title = host, lines } = /html/i.test(type)
    ? pageLines(text)
    : { lines: text.split(/\r?\n/).filter((line) => line.trim() !== '') };
  return {
    title: shorten(title, 200),
    fingerprint: hash(lines.join('\n')),
    lines: lines.slice(0, keptLines).map((line) => shorten(line, 200)),
  };
}

function difference(url: string, before: PageState, after: PageState): APIEmbed {
  const old = new Set(before.lines);
  const now = new Set(after.lines);
  const gone = before.lines.filter((line) => !now.has(line)).slice(0, shownLines);
  const come = after.lines.filter((line) => !old.has(line)).slice(0, shownLines);
  const lines = [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
  return fitEmbed({
    title: `Changed: ${plain(after.title, 200)}`,
    url,
    description:
      lines.length === 0
        ? 'Further down than I keep, or only in its order.'
        : codeBlock(lines.join('\n'), 'diff', 3000),
    color: 0xf2a33a,
    timestamp: new Date().toISOString(),
  });
}

const hash = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('base64url');
