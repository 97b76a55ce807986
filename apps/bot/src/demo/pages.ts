/** The demo web's pages for people: articles, a page that changes, one in an old charset, two feeds. All HTML is made from escaped text. */
import { type Article, articles } from './articles.js';
import { escapeHtml, htmlPage } from './layout.js';
import { drawLandscape } from './picture.js';
import { type Exchange, type Route, send, sendFresh, sendHtml } from './route.js';

const changeEvery = 15_000;
const entryEvery = 20_000;

export const pages: Route[] = [
  {
    pattern: /^\/articles\/([a-z-]+)$/,
    shown: { link: '/articles/lighthouses', note: 'an article with a description, a picture and links' },
    answer: (exchange) => {
      const article = articles.find(({ slug }) => slug === exchange.match[1]);
      if (article === undefined) return sendHtml(exchange, notFound(exchange.url.pathname), 404);
      return sendFresh(exchange, 'text/html; charset=utf-8', articlePage(article, exchange.url.origin));
    },
  },
  {
    pattern: /^\/pictures\/([a-z-]+)\.png$/,
    answer: (exchange) => send(exchange, 200, 'image/png', drawLandscape(exchange.match[1] ?? '')),
  },
  {
    pattern: /^\/board$/,
    shown: { link: '/board', note: 'a departure board that changes every 15 seconds: try /watch' },
    answer: (exchange) => sendFresh(exchange, 'text/html; charset=utf-8', board(exchange)),
  },
  {
    pattern: /^\/cafe$/,
    shown: { link: '/cafe', note: 'a page in windows-1252, as old pages are' },
    answer: (exchange) => {
      const body = '<h1>Caf\xe9 Ma\xefkki</h1><p>Cr\xeape \x80 4,50 \x96 th\xe9 \x80 2,20</p>';
      const html = htmlPage({ title: 'Caf\xe9 Ma\xefkki', description: 'Cr\xeapes since 1998', body });
      send(
        exchange,
        200,
        'text/html; charset=windows-1252',
        Buffer.from(html.replace('"utf-8"', '"windows-1252"'), 'latin1'),
      );
    },
  },
  {
    pattern: /^\/feeds\/rss\.xml$/,
    shown: { link: '/feeds/rss.xml', note: 'an RSS feed with a new entry every 20 seconds: try /feed' },
    answer: (exchange) => sendFresh(exchange, 'application/rss+xml; charset=utf-8', rss(exchange)),
  },
  {
    pattern: /^\/feeds\/atom\.xml$/,
    shown: { link: '/feeds/atom.xml', note: 'the same as Atom' },
    answer: (exchange) => sendFresh(exchange, 'application/atom+xml; charset=utf-8', atom(exchange)),
  },
  {
    pattern: /^\/robots\.txt$/,
    shown: { link: '/robots.txt', note: 'what robots may visit' },
    answer: (exchange) => send(exchange, 200, 'text/plain; charset=utf-8', 'User-agent: *\nDisallow: /endless\n'),
  },
];

export function notFound(path: string): string {
  const body = `<h1>Not here</h1><p>There is nothing at <code>${escapeHtml(path)}</code>. <a href="/">What there is</a></p>`;
  return htmlPage({ title: 'Not here', description: 'No such page', body });
}

/** What the demo web has, from the routes themselves. */
export function indexPage(routes: readonly Route[]): string {
  const items = routes.flatMap(({ shown }) =>
    shown === undefined ? [] : [listItem(shown.link, shown.link, shown.note)],
  );
  const reading = articles.map(({ slug, title, description }) => listItem(`/articles/${slug}`, title, description));
  const body = `<h1>The demo web</h1>
<p class="lead">A small web on this machine, so that the bot has something real to fetch without internet.</p>
<h2>To read</h2><ul class="list">${reading.join('')}</ul>
<h2>To try</h2><ul class="list">${items.join('')}</ul>`;
  return htmlPage({ title: 'The demo web', description: 'Something real to fetch, without internet.', body });
}

const listItem = (link: string, label: string, note: string): string =>
  `<li><a href="${escapeHtml(link)}">${escapeHtml(label)}</a><span>${escapeHtml(note)}</span></li>`;

function articlePage({ slug, title, description, paragraphs }: Article, origin: string): string {
  const picture = `${origin}/pictures/${slug}.png`;
  const others = articles.filter((other) => other.slug !== slug);
  const head = `<link rel="canonical" href="${origin}/articles/${slug}">
<meta property="og:title" content="${escapeHtml(title)}">
<meta property="og:description" content="${escapeHtml(description)}">
<meta property="og:site_name" content="The demo web">
<meta property="og:image" content="${picture}">
<link rel="alternate" type="application/rss+xml" href="/feeds/rss.xml">
`;
  const body = `<h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(description)}</p>
<img src="${picture}" width="640" height="336" alt="Hills under an evening sun">
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
<h2>More to read</h2><ul class="list">${others.map((other) => listItem(`/articles/${other.slug}`, other.title, other.description)).join('')}</ul>
<footer><a href="/">The demo web</a></footer>`;
  return htmlPage({ title, description, head, body });
}

const steps = ({ now, started }: Exchange, every: number): number =>
  Math.floor((now.getTime() - started.getTime()) / every);

function board(exchange: Exchange): string {
  const step = steps(exchange, changeEvery);
  const places = ['Helsinki', 'Riga', 'Stockholm', 'Tartu', 'Pärnu'];
  const rows = places.map((place, index) => {
    const late = (step * 7 + index * 3) % 5;
    return `<li>${place}<span>platform ${1 + ((step + index) % 4)}, ${late === 0 ? 'on time' : `${late * 5} minutes late`}</span></li>`;
  });
  const body = `<h1>Departures</h1><p class="lead">Edition ${step + 1}</p><ul class="list">${rows.join('')}</ul>`;
  return htmlPage({ title: 'Departures', description: 'A board that changes every 15 seconds.', body });
}

interface Entry {
  readonly id: number;
  readonly article: Article;
  readonly at: Date;
}

/** Three entries at the start, then one more every 20 seconds; the newest twenty are shown. */
function entries(exchange: Exchange): Entry[] {
  const count = 3 + steps(exchange, entryEvery);
  const from = Math.max(1, count - 19);
  const ids = Array.from({ length: count - from + 1 }, (_, index) => count - index);
  const pick = (id: number) => articles[(id - 1) % articles.length] ?? articles[0]!;
  return ids.map((id) => ({ id, article: pick(id), at: new Date(exchange.started.getTime() + (id - 3) * entryEvery) }));
}

function rss(exchange: Exchange): string {
  const { origin } = exchange.url;
  const items = entries(exchange).map(
    ({ id, article, at }) => `<item><title>${escapeHtml(`No. ${id}: ${article.title}`)}</title>
<link>${origin}/articles/${article.slug}?no=${id}</link><guid isPermaLink="false">demo-${id}</guid>
<pubDate>${at.toUTCString()}</pubDate><description><![CDATA[<p>${article.description}</p>]]></description></item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>The demo web</title><link>${origin}/</link><description>A new entry every 20 seconds</description>
${items.join('\n')}
</channel></rss>
`;
}

function atom(exchange: Exchange): string {
  const { origin } = exchange.url;
  const list = entries(exchange);
  const items = list.map(
    ({ id, article, at }) => `<entry><id>urn:demo:${id}</id><title>${escapeHtml(`No. ${id}: ${article.title}`)}</title>
<link rel="alternate" href="/articles/${article.slug}?no=${id}"/><updated>${at.toISOString()}</updated>
<summary>${escapeHtml(article.description)}</summary></entry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="${origin}/"><id>urn:demo</id><title>The demo web</title>
<link rel="self" href="/feeds/atom.xml"/><link rel="alternate" href="/"/><updated>${(list[0]?.at ?? exchange.started).toISOString()}</updated>
${items.join('\n')}
</feed>
`;
}
