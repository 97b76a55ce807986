import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session } from 'errand';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeXml, readFeed } from '../src/documents/feed.js';
import { pageFacts, pageLines, pageMap } from '../src/documents/page.js';
import { DocumentError } from '../src/documents/read.js';

const at = 'https://example.org/a/b.html';

describe('pageFacts', () => {
  const factsOf = async (html: string) => {
    await using site = await serve(html);
    await using session = new Session({ guard: false });
    const response = await session.get(`${site.origin}/a/b.html`);
    const facts = pageFacts(await response.extract(pageMap), response.url);
    return JSON.parse(JSON.stringify(facts).replaceAll(site.origin, 'https://example.org'));
  };

  it('prefers what a page says for sharing, and resolves against its base', async () => {
    const html = `<title>Plain\n title</title><base href="/base/"><meta name=description content="d">
      <meta property="og:title" content="Shared &amp; read"><meta property="og:image" content="pic.png">
      <a href="one">One</a><a href="one">again</a><a href="javascript:alert(1)">no</a><a href="/three"></a><a href="/two"><b>T</b>wo</a>`;
    expect(await factsOf(html)).toEqual({
      title: 'Shared & read',
      description: 'd',
      image: 'https://example.org/base/pic.png',
      links: [
        { text: 'One', url: 'https://example.org/base/one' },
        { text: 'Two', url: 'https://example.org/two' },
      ],
    });
  });

  it('finds nothing in nothing', async () => {
    expect(await factsOf('<p>')).toEqual({ links: [] });
  });
});

describe('pageLines', () => {
  it('has the title, and a line for each block that a reader sees', () => {
    const html = `<head><title> No
      lines </title><style>p {}</style></head><body><h1>A <b>b</b></h1><script>x</script><p>c<br>d</p><ul><li>e<li>f</ul>`;
    expect(pageLines(html)).toEqual({ title: 'No lines', lines: ['A b', 'c', 'd', 'e', 'f'] });
  });

  it('gives up on hostile nesting at once', () => {
    const started = performance.now();
    expect(() => pageLines('<div>'.repeat(200_000))).toThrow(DocumentError);
    expect(() => readFeed(`<rss>${'<a>'.repeat(200_000)}`, at)).toThrow(DocumentError);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('reads any text without failing', () => {
    const unit = fc.constantFrom('<', '>', '/', 'a', '"', '=', ' ', '&', ';', 'title', '!--', 'é');
    fc.assert(fc.property(fc.string({ unit }), (text) => void pageLines(text)));
  });
});

describe('readFeed', () => {
  it('reads RSS 2.0 with HTML in its texts and no guid', () => {
    const xml = `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
      <title>A &amp; B</title><atom:link href="self.xml" rel="self"/><link>https://example.org/</link>
      <image><title>not this</title><link>https://example.org/no</link></image>
      <item><title>One &lt;b&gt;bold&lt;/b&gt;</title><link>/one</link><description><![CDATA[<p>Hello</p><p>there</p>]]></description>
      <pubDate>Sat, 21 Mar 2026 12:00:00 GMT</pubDate></item><item><guid>g2</guid></item><item></item></channel></rss>`;
    expect(readFeed(xml, at)).toEqual({
      title: 'A & B',
      link: 'https://example.org/',
      entries: [
        {
          id: 'https://example.org/one',
          title: 'One bold',
          link: 'https://example.org/one',
          summary: 'Hello there',
          published: new Date('2026-03-21T12:00:00Z'),
        },
        { id: 'g2', title: '', link: undefined, summary: '', published: undefined },
      ],
    });
  });

  it('reads Atom, with its author’s name not taken for a title', () => {
    const xml = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/"><title type="html">T</title>
      <entry><id>urn:1</id><author><title>no</title></author><title>One</title><link rel="edit" href="e"/><link href="one"/>
      <updated>2026-03-21T12:00:00Z</updated><content type="html">&lt;p&gt;C&lt;/p&gt;</content></entry></feed>`;
    expect(readFeed(xml, at).entries).toEqual([
      {
        id: 'urn:1',
        title: 'One',
        link: 'https://other.example/one',
        summary: 'C',
        published: new Date('2026-03-21T12:00:00Z'),
      },
    ]);
  });

  it('reads RSS 1.0', () => {
    const xml = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel><title>Old</title></channel><item><title>I</title><link>https://example.org/i</link><dc:date>2026-03-21T12:00:00Z</dc:date></item></rdf:RDF>`;
    expect(readFeed(xml, at)).toMatchObject({
      title: 'Old',
      entries: [{ id: 'https://example.org/i', published: new Date('2026-03-21T12:00:00Z') }],
    });
  });

  it('knows what is no feed', () => {
    expect(() => readFeed('<html><body>hi</body></html>', at)).toThrow(DocumentError);
    expect(() => readFeed('', at)).toThrow(DocumentError);
  });
});

it('decodes XML by its own declaration', () => {
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', 'latin1');
  expect(decodeXml(latin)).toContain('é');
  expect(decodeXml(Buffer.from('<a>é</a>'))).toBe('<a>é</a>');
  expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="no-such"?><a>é</a>'))).toContain('é');
});

async function serve(html: string): Promise<AsyncDisposable & { readonly origin: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
