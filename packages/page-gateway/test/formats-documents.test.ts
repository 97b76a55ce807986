// Formats that read the document: text, markdown, links, the envelope, extraction and selection.
import { afterAll, expect, test } from 'vitest';
import { Formats } from '../src/formats/formats.js';
import { page, request } from './formats-pages.js';

const formats = new Formats({ workers: 1 });
afterAll(() => formats.close());

async function convert(parts: Parameters<typeof request>[0], html: string | Uint8Array, type?: string, fetched = {}) {
  const { body, contentType } = await formats.convert(request(parts), page(html, type, fetched));
  return { text: Buffer.from(body).toString(), contentType };
}

test('text is what a reader sees', async () => {
  const { text, contentType } = await convert(
    { format: 'text' },
    `<title>no</title><style>p{}</style><h1>Head&amp;  line</h1><p>One
       <b>bold</b> word<br>next&nbsp;line<script>no()</script><p hidden>no</p><div style="color:red;display:none">no</div>
       <ul><li>a<li>b<ul><li>c</ul></ul><pre>  kept
    as is </pre><table><tr><th>x<th>y<tr><td>1<td>2</table><noscript>no</noscript><div>end<div>of</div>it</div>`,
  );
  expect(contentType).toBe('text/plain; charset=utf-8');
  expect(text).toBe(
    'Head& line\n\nOne bold word\nnext line\n\na\nb\nc\n\n  kept\n    as is \n\nx\ty\n1\t2\n\nend\nof\nit',
  );
});

test('markdown with tables, code, lists and absolute addresses', async () => {
  const { text, contentType } = await convert(
    { format: 'markdown' },
    `<title>no</title><h1>Title</h1><p>A <a href="../up?x=1">link</a>, <em>em</em> <strong>strong</strong> <del>gone</del>
     <img src="i.png" alt="pic"><img src="data:image/png;base64,AAAA" alt="inline"></p>
     <table bgcolor="red"><thead><tr><th>Name</th><th align="right">Count</th></tr></thead>
     <tbody><tr><td>a|b</td><td>1</td></tr><tr><td><ul><li>x<li>y</ul></td><td><pre>c
d</pre></td></tr></tbody></table>
     <pre><code class="language-js">let a = 1;
  b();</code></pre><div class="highlight highlight-source-python"><pre>print(1)</pre></div>
     <ul><li>one<ul><li>two<ol><li>three<li>four</ol></ul><li>five</ul><ol start="9"><li>nine<li>ten<p>more</p></ol>
     <blockquote><p>said</p></blockquote><script>no()</script>`,
  );
  expect(contentType).toBe('text/markdown; charset=utf-8');
  expect(text).toMatchInlineSnapshot(`
    "# Title

    A [link](https://site.example/up?x=1), *em* **strong** ~~gone~~ ![pic](https://site.example/dir/i.png)

    | Name | Count |
    | --- | --- |
    | a\\|b | 1   |
    | • x  <br>• y | \`c d\` |

    \`\`\`js
    let a = 1;
      b();
    \`\`\`

    \`\`\`python
    print(1)
    \`\`\`

    - one
      - two
        1. three
        2. four
    - five

    9. nine
    10. ten

        more

    > said"
  `);
});

test('a table that lays out a page is no table', async () => {
  const { text } = await convert(
    { format: 'markdown' },
    '<table><tr><td>menu<td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>',
  );
  expect(text).toMatchInlineSnapshot(`
    "menu

    | a   | b   |
    | --- | --- |
    | 1   | 2   |"
  `);
});

test('links are absolute, each once, by the base of the document', async () => {
  const { text, contentType } = await convert(
    { format: 'links' },
    `<base href="/base/"><a href="a" rel="nofollow">A  <b>b</b></a><a href="/base/a">again</a><a href="#x">frag</a>
     <a href="javascript:x()">no</a><a href="https://o.example/"><img src="x" alt="Other"></a><a href="mailto:a@b.example">m</a>
     <map><area href="z" alt="Area"></map><a href="http://[bad">no</a><a>no</a>`,
  );
  expect(contentType).toBe('application/json');
  expect(JSON.parse(text)).toEqual([
    { url: 'https://site.example/base/a', text: 'A b', rel: 'nofollow' },
    { url: 'https://site.example/base/#x', text: 'frag', rel: '' },
    { url: 'https://o.example/', text: 'Other', rel: '' },
    { url: 'mailto:a@b.example', text: 'm', rel: '' },
    { url: 'https://site.example/base/z', text: 'Area', rel: '' },
  ]);
});

test('the envelope tells everything', async () => {
  const { text, contentType } = await convert(
    { format: 'json', meta: { a: 1 }, extractRules: { h: 'h1', none: 'h6' } },
    Buffer.from(
      '<html lang="fr"><title>T\xe9</title><meta name="description" content="D"><h1>H</h1><a href="x">l</a>',
      'latin1',
    ),
    'text/html; charset=iso-8859-1',
    { status: 404, history: [{ url: 'https://site.example/', status: 301 }] },
  );
  expect(contentType).toBe('application/json');
  const envelope = JSON.parse(text);
  expect(envelope).toMatchObject({
    status: 404,
    url: 'https://site.example/dir/page',
    history: [{ url: 'https://site.example/', status: 301 }],
    headers: { 'content-type': 'text/html; charset=iso-8859-1' },
    title: 'Té',
    description: 'D',
    language: 'fr',
    text: 'H\n\nl',
    links: [{ url: 'https://site.example/dir/x', text: 'l', rel: '' }],
    extracted: { h: 'H', none: null },
    attempts: [{ engine: 'http', verdict: 'page' }],
    engine: 'http',
    proxy: null,
    session: null,
    cache: 'miss',
    robots: 'allowed',
    meta: { a: 1 },
    truncated: false,
  });
  expect(envelope.body).toContain('<title>Té</title>');
  expect(envelope.body).toContain('<base href="https://site.example/dir/page">');
});

test('the envelope of what is no HTML has its text, or base64 of its bytes', async () => {
  const json = JSON.parse((await convert({ format: 'json' }, '{"a":1}', 'application/json')).text);
  expect(json).toMatchObject({ body: '{"a":1}', title: null, links: [] });
  const image = JSON.parse((await convert({ format: 'json' }, new Uint8Array([137, 80]), 'image/png')).text);
  expect(image).toMatchObject({ bodyBase64: 'iVA=', contentType: 'image/png' });
  const rendered = {
    screenshot: Buffer.from('png'),
    pdf: undefined,
    screenshots: [Buffer.from('1')],
    blocked: 0,
    warnings: ['w'],
  };
  const browser = JSON.parse(
    (await convert({ format: 'json' }, '<p>x', 'text/html', { engine: 'browser', rendered })).text,
  );
  expect(browser).toMatchObject({ screenshot: 'cG5n', screenshots: ['MQ=='], warnings: ['w'], engine: 'browser' });
});

test('extract_rules by the map of errand, of HTML and XML', async () => {
  const rules = {
    title: 'h1',
    links: [{ selector: 'a', value: 'href' }],
    rows: [{ selector: 'li', value: { name: 'b' } }],
    none: 'h6',
  };
  const { text, contentType } = await convert(
    { extractRules: rules },
    '<h1>T</h1><a href="x">1</a><a href="y">2</a><li><b>n</b><li><b>m</b>',
  );
  expect(contentType).toBe('application/json');
  expect(JSON.parse(text)).toEqual({ title: 'T', links: ['x', 'y'], rows: [{ name: 'n' }, { name: 'm' }], none: null });
  const feed = await convert(
    { extractRules: { all: ['link'] } },
    '<rss><link>a</link><link>b</link></rss>',
    'application/rss+xml',
  );
  expect(JSON.parse(feed.text)).toEqual({ all: ['a', 'b'] });
});

test('selectors choose and remove, for every format', async () => {
  const html =
    '<title>T</title><nav>menu</nav><main><p class="x">one <a href="a">l</a></p><p>two</p></main><i class="x">three</i>';
  const only = { targetSelector: 'main, .x', removeSelector: 'a, nav' };
  expect((await convert({ ...only }, html)).text).toBe(
    '<main><p class="x">one </p><p>two</p></main>\n<i class="x">three</i>',
  );
  expect((await convert({ ...only, format: 'text' }, html)).text).toBe('one\n\ntwo\n\nthree');
  expect(JSON.parse((await convert({ format: 'links', targetSelector: '.x' }, html)).text)).toEqual([
    { url: 'https://site.example/dir/a', text: 'l', rel: '' },
  ]);
  expect((await convert({ targetSelector: '.x' }, html)).text).toContain('href="https://site.example/dir/a"');
  expect((await convert({ removeSelector: 'main' }, html)).text).toBe(
    '<html><head><title>T</title></head><body><nav>menu</nav><i class="x">three</i></body></html>',
  );
  expect((await convert({ targetSelector: '#none' }, html)).text).toBe('');
  expect((await convert({ targetSelector: '#none', format: 'markdown' }, html)).text).toBe('');
});

test('the main content is what readability finds', async () => {
  const words = 'Some sentence with a comma, and another one that goes on. '.repeat(8);
  const html = `<title>T</title><nav><a href="/">home</a></nav><article><h2>Story</h2><p>${words}</p><p>${words}</p><img src="p.png"></article><footer>foot</footer>`;
  const { text } = await convert({ format: 'markdown', onlyMainContent: true }, html);
  expect(text).toContain('Some sentence');
  expect(text).toContain('https://site.example/dir/p.png');
  expect(text).not.toMatch(/home|foot/);
  expect((await convert({ onlyMainContent: true, format: 'text' }, '<nav>n</nav><main>short</main>')).text).toBe(
    'short',
  );
});
