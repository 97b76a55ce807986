/** /page: what a web page says of itself, its links, and where a page gateway is configured, a picture of it. */
import { type Attachment, type Command, command, fitEmbed, slash } from '@errand/discord';
import { MessageFlags } from 'discord.js';
import { ContentTypeError, ErrandError, type Session } from 'errand';
import { addressFrom, shownAddress } from '../address.js';
import { type PageFacts, pageFacts, pageMap } from '../documents/page.js';
import type { PageGateway } from '../settings.js';
import { linkTo, plain } from '../text.js';

const shownLinks = 8;

export const page = (gateway: PageGateway | undefined): Command =>
  command({
    data: slash('page', 'What is on a web page: title, description, picture, links').string('url', 'Its address', {
      required: true,
      max: 1000,
    }),

    async execute(_interaction, web, { url: typed }) {
      const url = addressFrom(typed);
      const photographed = gateway && photograph(web, gateway, url);
      try {
        const response = await web.get(url, { headers: { accept: 'text/html, application/xhtml+xml' } });
        const facts = pageFacts(await response.extract(pageMap), response.url);
        const picture = await photographed;
        return { embeds: [show(facts, response.url, picture)], files: picture === undefined ? [] : [picture] };
      } catch (error) {
        if (!(error instanceof ContentTypeError)) throw error;
        const content = `That address is not a web page, but ${plain(error.actual ?? 'something unknown', 100)}.`;
        return { content, flags: MessageFlags.Ephemeral };
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
async function photograph(web: Session, gateway: PageGateway, url: URL): Promise<Attachment | undefined> {
  try {
    const bytes = await web
      .get(`${gateway.url}/v1/page`, {
        query: { url: url.href, format: 'screenshot', render: true },
        ...(gateway.key !== undefined && { credentials: { bearer: gateway.key } }),
        guard: { allow: [new URL(gateway.url).host] },
        timeout: { total: '60s', headers: '55s' },
        retry: false,
        maxBodySize: '8mb',
      })
      .bytes();
    return { name: 'page.png', attachment: Buffer.from(bytes), contentType: 'image/png' };
  } catch (error) {
    if (error instanceof ErrandError) return undefined;
    throw error;
  }
}
