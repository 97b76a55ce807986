// A page as Chromium makes it: what scripts add, what is waited for, what comes that is no page, and what becomes of it.
import { describe, expect, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import { forFile, guardedSession, none, rigOf, site } from './render-stage.js';

const origin = forFile(
  await site({
    '/': '<title>T</title><div id=a>plain</div><script>a.textContent = "made by " + "script"</script>',
    '/late': '<div id=a></div><script>setTimeout(() => { a.innerHTML = "<p class=x>late</p>" }, 150)</script>',
    '/json': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-own': 'yes' }).end('{"a": [1, 2]}');
    },
    '/file': (_request, response) => {
      const fields = { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename=a.zip' };
      response.writeHead(200, fields).end(Buffer.from([80, 75, 3, 4, 0, 255]));
    },
    '/empty': (_request, response) => response.writeHead(204).end(),
    '/gone': (_request, response) => {
      response
        .writeHead(410, { 'content-type': 'text/html', 'set-cookie': ['a=1', 'b=2; HttpOnly'] })
        .end('<p>gone</p>');
    },
    '/one': (_request, response) => response.writeHead(302, { location: '/two' }).end(),
    '/two': (_request, response) => response.writeHead(307, { location: '/' }).end(),
    '/moves': '<script>location.href = "/gone"</script>',
    '/endless': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<p id=early>early</p><img src=/never>');
    },
    '/hangs': '<p id=early>early</p><script src=/never></script>',
    '/never': () => {},
    '/large': `<p>${'é'.repeat(50_000)}</p>`,
    '/echo': (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, headers } = request;
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end(JSON.stringify({ method, headers, body: Buffer.concat(chunks).toString() }));
      });
    },
    '/scroll': `<body style="height: 3000px"><script>
      let left = 3;
      addEventListener("scroll", () => {
        if (scrollY + innerHeight < document.documentElement.scrollHeight - 5 || left-- <= 0) return;
        const more = document.createElement("div"); more.style.height = "2000px"; more.className = "more"; document.body.append(more);
        document.body.style.height = "auto";
      })</script>`,
    '/form': `<input id=q><button id=b onclick="out.textContent = q.value">go</button><div id=out></div>
      <script>q.onkeydown = (event) => { if (event.key === "Enter") document.title = "entered" }</script>`,
  }),
);
const rig = none ? undefined : forFile(rigOf(guardedSession([origin.port])));
const { visit, html } = rig ?? ({} as NonNullable<typeof rig>);

describe.skipIf(none)('the document', () => {
  test('is what scripts have made of it', async () => {
    const fetched = await visit(origin.url());
    expect(Buffer.from(fetched.body).toString()).toContain('<div id="a">made by script</div>');
    expect(fetched).toMatchObject({ engine: 'browser', status: 200, url: origin.url(), history: [], truncated: false });
    expect(Object.fromEntries(fetched.headers)['content-type']).toBe('text/html; charset=utf-8');
  });

  test('keeps the status and the fields of its answer', async () => {
    const fetched = await visit(origin.url('/gone'));
    expect(fetched.status).toBe(410);
    expect(fetched.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual([
      'a=1',
      'b=2; HttpOnly',
    ]);
  });

  test('comes after redirects, which are told', async () => {
    const fetched = await visit(origin.url('/one'));
    expect(fetched.url).toBe(origin.url());
    expect(fetched.history).toEqual([
      { url: origin.url('/one'), status: 302 },
      { url: origin.url('/two'), status: 307 },
    ]);
  });

  test('is the redirect itself where they are not to be followed', async () => {
    const fetched = await visit(origin.url('/one'), { followRedirect: false });
    expect(fetched).toMatchObject({ status: 302, url: origin.url('/one') });
    expect(Object.fromEntries(fetched.headers).location).toBe('/two');
  });

  test('is where a script has gone', async () => {
    const fetched = await visit(origin.url('/moves'), { rendering: { wait: 300 } });
    expect(fetched).toMatchObject({ status: 410, url: origin.url('/gone') });
    expect(fetched.history).toEqual([{ url: origin.url('/moves'), status: 200 }]);
  });
});

describe.skipIf(none)('what is no page', () => {
  test('JSON comes as it is', async () => {
    const fetched = await visit(origin.url('/json'));
    expect(Buffer.from(fetched.body).toString()).toBe('{"a": [1, 2]}');
    expect(Object.fromEntries(fetched.headers)['x-own']).toBe('yes');
  });

  test('a download comes as it is', async () => {
    expect([...(await visit(origin.url('/file'))).body]).toEqual([80, 75, 3, 4, 0, 255]);
  });

  test('nothing comes as nothing', async () => {
    const { status, body } = await visit(origin.url('/empty'));
    expect([status, body.length]).toEqual([204, 0]);
  });
});

describe.skipIf(none)('waiting', () => {
  test.each(['.x', '//p[@class="x"]', '/html/body//p'])('for %s', async (waitForSelector) => {
    expect(await html(origin.url('/late'), { rendering: { waitForSelector } })).toContain('late</p>');
  });

  test('for a time', async () => {
    expect(await html(origin.url('/late'), { rendering: { wait: 400 } })).toContain('late</p>');
  });

  test('in vain costs a warning, not the page', async () => {
    const fetched = await visit(origin.url(), { rendering: { waitForSelector: '#never' } }, { timeout: 2_500 });
    expect(Buffer.from(fetched.body).toString()).toContain('made by script');
    expect(fetched.rendered?.warnings).toEqual([expect.stringContaining('#never')]);
  });

  test('for what is no selector is a mistake of the caller', async () => {
    const wrong = visit(origin.url(), { rendering: { waitForSelector: 'p[[' } });
    await expect(wrong).rejects.toMatchObject({ code: 'bad_parameter', members: { parameter: 'wait_for_selector' } });
  });

  test.each(['/endless', '/hangs'])('a page that does not finish is read as it is: %s', async (path) => {
    const started = performance.now();
    const fetched = await visit(origin.url(path), { rendering: { blocked: [] } }, { timeout: 3_000 });
    expect(Buffer.from(fetched.body).toString()).toContain('early');
    expect(fetched.rendered?.warnings).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(3_500);
  });

  test('a target that sends nothing is late', async () => {
    await expect(visit(origin.url('/never'), {}, { timeout: 800 })).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe.skipIf(none).concurrent('a scenario', () => {
  test('is played in order, and takes pictures', async () => {
    const scenario = [
      { fill: ['#q', 'hello'] },
      { press: 'Enter' },
      { click: '#b' },
      { wait_for: '#out' },
      { screenshot: true },
    ] as const;
    const fetched = await visit(origin.url('/form'), { rendering: { scenario } });
    expect(Buffer.from(fetched.body).toString()).toContain('<div id="out">hello</div>');
    expect(Buffer.from(fetched.body).toString()).toContain('<title>entered</title>');
    expect(fetched.rendered).toMatchObject({ warnings: [], screenshots: [expect.anything()] });
  });

  test('that cannot go on says at which step, and the page comes', async () => {
    const scenario = [{ click: '#b' }, { click: '#nothing' }, { fill: ['#q', 'x'] }] as const;
    const fetched = await visit(origin.url('/form'), { rendering: { scenario } }, { timeout: 4_000 });
    expect(fetched.rendered?.warnings).toEqual([expect.stringMatching(/^js_scenario: step 1 .*#nothing/)]);
  });

  test('scrolls as far as the page grows', async () => {
    const body = await html(origin.url('/scroll'), { rendering: { scenario: [{ infinite_scroll: { max: 10 } }] } });
    expect(body.match(/class="more"/g)).toHaveLength(3);
  });
});

describe.skipIf(none)('what is sent', () => {
  test('a body and its method, with the fields of the caller', async () => {
    const parts = {
      method: 'POST',
      body: { bytes: Buffer.from('{"a":1}'), contentType: 'application/json' },
      headers: [['X-Own', 'mine']] as const,
      cookies: 'k=v; second=2',
      referer: 'http://referring.test/',
    };
    const echoed = JSON.parse(await html(origin.url('/echo'), parts));
    expect(echoed).toMatchObject({ method: 'POST', body: '{"a":1}' });
    expect(echoed.headers).toMatchObject({
      'x-own': 'mine',
      'content-type': 'application/json',
      cookie: 'k=v; second=2',
      referer: 'http://referring.test/',
    });
  });
});

describe.skipIf(none)('bounds', () => {
  test('too large is refused, or cut between characters', async () => {
    await expect(visit(origin.url('/large'), { maxBytes: 20_000 })).rejects.toMatchObject({ code: 'too_large' });
    const cut = await visit(origin.url('/large'), { maxBytes: 20_001, truncate: true });
    expect(cut.truncated).toBe(true);
    expect(Buffer.from(cut.body).toString()).not.toContain('\ufffd');
    expect(cut.body.length).toBeGreaterThan(19_990);
  });

  test('JSON that is too large is refused', async () => {
    await expect(visit(origin.url('/json'), { maxBytes: 5 })).rejects.toBeInstanceOf(Problem);
  });

  test('a caller who goes ends it', async () => {
    const controller = new AbortController();
    const going = visit(origin.url('/never'), {}, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(going).rejects.toThrow('gone');
  });
});
