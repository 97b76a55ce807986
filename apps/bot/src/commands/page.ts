/** /page: what a web page says of itself, its links, and where the page gateway has a browser, a picture of it. */
import { type Attachment, type Command, command, fitEmbed, slash } from '@errand/discord';
import type { PageOptions } from '@errand/page-gateway';
import { MessageFlags } from 'discord.js';
import { ContentTypeError, type Extracted, HttpError, type Session } from 'errand';
import { addressFrom, shownAddress } from '../address.js';
import { type PageFacts, pageFacts, pageMap } from '../documents/page.js';
import { ifGot, type PageSource, type Pages } from '../page-gateway.js';
import { linkTo, plain } from '../text.js';

const shownLinks = 8;

export const page = (gateway: PageSource | undefined): Command =>
  command({
    data: slash('page', 'What is on a web page: title, description, picture, links').string('url', 'Its address', {
      required: true,
      max: 1000,
    }),

    async execute(_interaction, web, { url: typed }) {
      const url = addressFrom(typed);
      const over = new AbortController();
      try {
        const pages = await gateway?.pages(web);
        const photographed = pages && photograph(pages, url, over.signal);
        const { facts, address } = await read(web, pages, url);
        const picture = await photographed;
        return { embeds: [show(facts, address, picture)], files: picture === undefined ? [] : [picture] };
      } catch (error) {
        if (!(error instanceof ContentTypeError)) throw error;
        const content = `That address is not a web page, but ${plain(error.actual ?? 'something unknown', 100)}.`;
        return { content, flags: MessageFlags.Ephemeral };
      } finally {
        over.abort();
      }
    },
  });

function show(facts: PageFacts, address: string, picture: Attachment | undefined) {
  const url = shownAddress(address);
  const { host } = new URL(url);
  const more = facts.links.length - shownLinks;
  const links = facts.links.slice(0, shownLinks).map((link) => `• ${linkTo(link.text, link.url)}`);
  if (more > 0) links.push(`and ${more} more`);
  const image = picture === undefined ? facts.image : `attachment://${picture.name}`;
  return fitEmbed({
    author: { name: facts.site ?? host },
    title: plain(facts.title ?? host, 250),
    url,
    description: plain(facts.description ?? '', 600),
    color: 0x5865f2,
    fields: [{ name: 'Links', value: fitLines(links, 1024) }],
    ...(image !== undefined && { image: { url: image } }),
    footer: { text: host },
  });
}

/** Whole lines only: half a link would show its address. */
function fitLines(lines: readonly string[], limit: number): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > limit) break;
    text += `${line}\n`;
  }
  return text;
}

/** A page without its picture is still an answer: what goes wrong here is left out. */
async function photograph(pages: Pages, url: URL, signal: AbortSignal): Promise<Attachment | undefined> {
  const options: PageOptions = { format: 'screenshot', blockResources: ['media'], timeout: '40s', maxBytes: '8mb' };
  const picture = await ifGot(() => pages.page(url, { ...options, signal }));
  if (picture?.contentType !== 'image/png') return undefined;
  return { name: 'page.png', attachment: Buffer.from(picture.bytes), contentType: picture.contentType };
}

/** What sites say to programs where a browser would have got the page. */
const turnedAway = new Set([403, 405, 503]);

/** Asked directly, and where that is turned away, through the gateway. */
async function read(web: Session, pages: Pages | undefined, url: URL): Promise<{ facts: PageFacts; address: string }> {
  try {
    const response = await web.get(url, { headers: { accept: 'text/html, application/xhtml+xml' } });
    return { facts: pageFacts(await response.extract(pageMap), response.url), address: response.url };
  } catch (error) {
    if (pages === undefined || !(error instanceof HttpError) || !turnedAway.has(error.status)) throw error;
    const extractRules = pageMap as unknown as Record<string, unknown>;
    const got = await ifGot(() => pages.page(url, { render: 'auto', extractRules, timeout: '40s', retries: 1 }));
    if (got === undefined || got.status >= 400) throw error;
    // What was not found is `null` in JSON.
    const extracted = JSON.parse(got.text, (_, value) => value ?? undefined) as Extracted<typeof pageMap>;
    return { facts: pageFacts(extracted, got.url), address: got.url };
  }
}
