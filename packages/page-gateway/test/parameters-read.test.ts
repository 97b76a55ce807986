// What a caller writes about a page becomes one PageRequest: every parameter, by every name, in every way it may come.
import { expect, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import { describeParameters } from '../src/parameters/describe.js';
import { type PageInput, readKey, readPageRequest } from '../src/parameters/read.js';

const url = 'https://example.com/';
const read = (query: Record<string, string>, rest: Partial<PageInput> = {}) =>
  readPageRequest({ query: new URLSearchParams({ url, ...query }), ...rest });
const request = (query: Record<string, string>, rest?: Partial<PageInput>) => read(query, rest).request;

function problemOf(query: Record<string, string> | string, rest: Partial<PageInput> = {}): Problem {
  try {
    readPageRequest({ query: new URLSearchParams(query), ...rest });
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return error as Problem;
  }
  throw new Error('nothing was refused');
}
const refusal = (query: Record<string, string>, rest?: Partial<PageInput>) => problemOf({ url, ...query }, rest);

test('what is not given is as the contract says', () => {
  expect(read({})).toEqual({
    async: false,
    callback: undefined,
    key: undefined,
    request: {
      url,
      method: 'GET',
      headers: [],
      body: undefined,
      cookies: undefined,
      referer: undefined,
      render: false,
      rendering: {
        waitForSelector: undefined,
        wait: 0,
        waitUntil: 'load',
        scenario: [],
        blocked: ['image', 'media', 'font'],
        screenshot: false,
        screenshotFullPage: false,
        screenshotSelector: undefined,
        windowWidth: 1280,
        windowHeight: 800,
      },
      format: 'html',
      extractRules: undefined,
      onlyMainContent: false,
      targetSelector: undefined,
      removeSelector: undefined,
      session: undefined,
      country: undefined,
      pool: undefined,
      device: 'desktop',
      browser: undefined,
      locale: undefined,
      followRedirect: true,
      timeout: 60_000,
      retries: 2,
      retry404: false,
      maxBytes: 10 * 1024 ** 2,
      truncate: false,
      robots: 'obey',
      onCaptcha: 'fail',
      cacheTtl: 0,
      transparentStatus: false,
      meta: undefined,
    },
  });
});

test.each([
  ['url', 'HTTP://EXAMPLE.com:80/a b?q=ä#part', { url: 'http://example.com/a%20b?q=%C3%A4' }],
  ['url', ' https://bücher.example ', { url: 'https://xn--bcher-kva.example/' }],
  ['render', 'true', { render: true }],
  ['render', '', { render: true }],
  ['render', 'AUTO', { render: 'auto' }],
  ['render_js', '1', { render: true }],
  ['browser', '0', { render: false }],
  ['format', 'markdown', { format: 'markdown' }],
  ['output_format', 'raw', { format: 'raw' }],
  ['only_main_content', 'True', { onlyMainContent: true }],
  ['target_selector', 'main, .a', { targetSelector: 'main, .a' }],
  ['remove_selector', 'nav', { removeSelector: 'nav' }],
  ['session', 'a-1', { session: 'a-1' }],
  ['session_id', 'b', { session: 'b' }],
  ['session_number', '42', { session: '42' }],
  ['country_code', 'DE', { country: 'de' }],
  ['country', 'de', { country: 'de' }],
  ['proxy_pool', 'dc', { pool: 'dc' }],
  ['premium', 'true', { pool: 'premium' }],
  ['premium', 'false', { pool: undefined }],
  ['device', 'mobile', { device: 'mobile' }],
  ['device_type', 'tablet', { device: 'tablet' }],
  ['identity', 'firefox', { browser: 'firefox' }],
  ['locale', 'de_de', { locale: 'de-DE' }],
  ['cookies', 'a=1;b="2"', { cookies: 'a=1; b="2"' }],
  ['referer', 'https://other.example/x', { referer: 'https://other.example/x' }],
  ['follow_redirect', 'false', { followRedirect: false }],
  ['timeout', '5000', { timeout: 5000 }],
  ['timeout', '1.5s', { timeout: 1500 }],
  ['retries', '0', { retries: 0 }],
  ['retry_404', '1', { retry404: true }],
  ['max_bytes', '2mb', { maxBytes: 2 * 1024 ** 2 }],
  ['max_bytes', '1000', { maxBytes: 1000 }],
  ['truncate', '', { truncate: true }],
  ['robots', 'report', { robots: 'report' }],
  ['on_captcha', 'handoff', { onCaptcha: 'handoff' }],
  ['cache_ttl', '1h', { cacheTtl: 3_600_000 }],
  ['max_age', '10', { cacheTtl: 10 }],
  ['transparent_status_code', 'true', { transparentStatus: true }],
  ['meta', '{"a":[1,"ö"]}', { meta: { a: [1, 'ö'] } }],
  [
    'extract_rules',
    '{"t":"h1","l":[{"selector":"a","value":"href"}]}',
    { extractRules: { t: 'h1', l: [{ selector: 'a', value: 'href' }] } },
  ],
])('%s=%s', (name, value, expected) => {
  expect(request({ [name]: value })).toMatchObject(expected);
  const header = { [`x-gateway-${name.replaceAll('_', '-')}`]: Buffer.from(value).toString('latin1') };
  const base = name === 'url' ? '' : `url=${url}`;
  expect(readPageRequest({ query: new URLSearchParams(base), headers: header }).request).toMatchObject(expected);
  expect(readPageRequest({ fields: { ...(name !== 'url' && { url }), [name]: value } }).request).toMatchObject(
    expected,
  );
});

test.each([
  ['wait_for_selector', '.x', { waitForSelector: '.x' }],
  ['wait_for', '//h1', { waitForSelector: '//h1' }],
  ['wait', '2s', { wait: 2000 }],
  ['page_wait', '300', { wait: 300 }],
  ['wait_until', 'networkidle', { waitUntil: 'networkidle' }],
  ['screenshot', 'true', { screenshot: true }],
  ['screenshot_full_page', 'true', { screenshot: true, screenshotFullPage: true }],
  ['screenshot_selector', '#a', { screenshot: true, screenshotSelector: '#a' }],
  ['format', 'pdf', { screenshot: false }],
  ['actions', '[{"click":"#a"}]', { scenario: [{ click: '#a' }] }],
])('%s=%s needs a browser, so it is rendered', (name, value, expected) => {
  expect(request({ [name]: value }).rendering).toMatchObject(expected);
  expect(request({ [name]: value }).render).toBe(true);
  expect(refusal({ [name]: value, render: 'false' }).members.parameter).toBe('render');
});

test('a picture is the answer where nothing else is asked for, and part of the envelope', () => {
  expect(request({ screenshot: 'true' }).format).toBe('screenshot');
  expect(request({ screenshot: 'true', format: 'json' })).toMatchObject({ format: 'json', render: true });
  expect(request({ screenshot: 'false' })).toMatchObject({ format: 'html', render: false });
  expect(refusal({ screenshot: 'true', format: 'text' }).message).toContain('format=text');
});

test('waiting leaves render=auto as it is; what only a browser can do does not', () => {
  expect(request({ wait_for: '.x', render: 'auto' }).render).toBe('auto');
  expect(request({ js_scenario: '[{"wait":1}]', render: 'auto' }).render).toBe(true);
  expect(request({ wait: '0', render: 'false' }).render).toBe(false);
});

test.each([
  ['true', ['image', 'media', 'font']],
  ['false', []],
  ['script, stylesheet,script', ['script', 'stylesheet']],
  ['images', ['image']],
])('block_resources=%s', (value, blocked) => {
  expect(request({ block_resource: value }).rendering.blocked).toEqual(blocked);
});

test('every step of a scenario is read', () => {
  const steps = [
    { click: '#a' },
    { fill: ['#q', 'text'] },
    { press: 'Enter' },
    { wait: 500 },
    { wait_for: '.x' },
    { scroll: 1000 },
    { infinite_scroll: { max: 5 } },
    { screenshot: true },
  ];
  expect(request({ js_scenario: JSON.stringify(steps) }).rendering.scenario).toEqual(steps);
  expect(readPageRequest({ fields: { url, js_scenario: steps } }).request.rendering.scenario).toEqual(steps);
});

test.each([
  ['[{"click":"#a"},{"klick":"#b"}]', '[1]', 'click'],
  ['[{"click":"#a","wait":1}]', '[0]', 'exactly one'],
  ['[{}]', '[0]', 'exactly one'],
  ['[{"fill":["#q"]}]', '[0].fill', 'pair'],
  ['[{"wait":"long"}]', '[0].wait', 'milliseconds'],
  ['[{"screenshot":false}]', '[0].screenshot', 'true'],
  ['[{"constructor":1}]', '[0]', 'click'],
  ['["click"]', '[0]', 'object'],
  ['{"click":"#a"}', '', 'array'],
  ['[{"click"', '', 'JSON'],
  [JSON.stringify(Array(51).fill({ wait: 1 })), '', '50'],
])('a scenario %s is refused at %s', (scenario, place, words) => {
  const { message } = refusal({ js_scenario: scenario });
  expect(message).toContain(`js_scenario${place}:`);
  expect(message).toContain(words);
});

test.each([
  ['url', 'ftp://example.com/'],
  ['url', 'javascript:alert(1)'],
  ['url', 'file:///etc/passwd'],
  ['url', 'http://'],
  ['url', '/path'],
  ['url', 'http://a.example/\u0000'],
  ['render', 'maybe'],
  ['wait', '-1'],
  ['wait', 'soon'],
  ['wait', '1h'],
  ['wait_until', 'idle'],
  ['block_resources', 'pictures'],
  ['format', 'xml'],
  ['screenshot', 'yes please'],
  ['window_width', '0'],
  ['window_width', '12.5'],
  ['window_height', '1e3'],
  ['session', 'a b'],
  ['session', 'a'.repeat(65)],
  ['country', 'de;fr'],
  ['premium', 'gold'],
  ['device', 'watch'],
  ['identity', 'lynx'],
  ['locale', 'not a locale'],
  ['cookies', 'a=1\r\nx: y'],
  ['cookies', 'nothing'],
  ['referer', 'here'],
  ['timeout', '0'],
  ['timeout', '11m'],
  ['timeout', 'Infinity'],
  ['timeout', 'NaN'],
  ['retries', '-1'],
  ['retries', '11'],
  ['retries', '1.5'],
  ['retries', ''],
  ['max_bytes', '0'],
  ['max_bytes', '1tb'],
  ['robots', 'never'],
  ['on_captcha', 'cry'],
  ['cache_ttl', '-5'],
  ['extract_rules', '{}'],
  ['extract_rules', '[]'],
  ['extract_rules', '{"a":1}'],
  ['extract_rules', '{"a":{"selector":"a","valeu":"x"}}'],
  ['extract_rules', 'h1'],
  ['callback', 'mailto:a@b.example'],
  ['meta', '{oops'],
  ['meta', JSON.stringify('x'.repeat(1024))],
])('%s=%s is refused, and the problem names the parameter', (name, value) => {
  const problem = refusal({ [name]: value });
  expect(problem.code).toBe('bad_parameter');
  expect(problem.status).toBe(400);
  expect(problem.members.parameter).toBe(name);
  expect(problem.message).toMatch(new RegExp(`^${name}.*expected .+, got `));
  expect(problem.message.length).toBeLessThan(500);
});

test('a deep map of rules is refused without exhausting the stack', () => {
  const deep = `${'{"a":{"selector":"b","value":'.repeat(20_000)}"x"${'}}'.repeat(20_000)}`;
  expect(refusal({ extract_rules: deep }).message).toContain('levels');
});

test('the url is needed, and one without a scheme is put right in a suggestion', () => {
  expect(problemOf('').message).toContain('url: expected the page to fetch');
  expect(problemOf({ url: 'example.com/a' }).members.suggestion).toBe('https://example.com/a');
  expect(problemOf({ url: 'https%3A%2F%2Fexample.com%2F' }).members.suggestion).toBe('https://example.com/');
});

test.each([
  ['rendr', 'render'],
  ['wait-for', 'wait_for'],
  ['Format', 'format'],
  ['formt', 'format'],
  ['tiemout', 'timeout'],
  ['screenshot_fullpage', 'screenshot_full_page'],
  ['apikey', 'api_key'],
])('the unknown name %s is answered with %s', (name, suggestion) => {
  const problem = refusal({ [name]: 'x' });
  expect(problem.members).toMatchObject({ parameter: name, suggestion });
  expect(problem.message).toContain(suggestion);
  expect(problem.message).toContain(name);
});

test('unknown names come by header and by body, too', () => {
  expect(refusal({}, { headers: { 'x-gateway-rendr': 'true' } }).members.suggestion).toBe('render');
  expect(refusal({}, { fields: { rendr: true } }).members.suggestion).toBe('render');
  expect(refusal({ ['__proto__']: '1' }).members.parameter).toBe('__proto__');
});

test('a url that was not percent-encoded spills its query: the hint says so', () => {
  const problem = problemOf('url=http://a.example/?x=1&y=2');
  expect(problem.members.parameter).toBe('y');
  expect(problem.message).toContain('percent-encode');
});

test('two ways that agree are fine, two that disagree are refused', () => {
  expect(request({ render: '1', render_js: 'true' }, { headers: { 'x-gateway-browser': 'TRUE' } }).render).toBe(true);
  expect(request({ timeout: '30s' }, { headers: { 'x-gateway-timeout': '30000' } }).timeout).toBe(30_000);
  expect(request({ premium: 'true', proxy_pool: 'premium' }).pool).toBe('premium');
  expect(refusal({ render: 'true', render_js: 'false' }).message).toMatch(/render.*render_js.*disagree/);
  expect(refusal({ session_id: '1', session_number: '2' }).code).toBe('bad_parameter');
  expect(refusal({ premium: 'true', proxy_pool: 'dc' }).code).toBe('bad_parameter');
  expect(refusal({ timeout: '3s' }, { headers: { 'x-gateway-timeout': '4s' } }).code).toBe('bad_parameter');
  expect(problemOf('url=http://a.example/&url=http://b.example/').code).toBe('bad_parameter');
  expect(problemOf({ url }, { fields: { url: 'https://other.example/' } }).code).toBe('bad_parameter');
});

test('the key has four names, which must agree; it is in no message', () => {
  for (const name of ['auth_key', 'key', 'api_key', 'token']) expect(read({ [name]: 'S3CRET' }).key).toBe('S3CRET');
  expect(readKey({ headers: { 'x-gateway-auth-key': 'S3CRET' } })).toBe('S3CRET');
  const problem = refusal({ auth_key: 'S3CRET', token: 'OTHER' });
  expect(problem.message).toMatch(/disagree/);
  expect(problem.message).not.toMatch(/S3CRET|OTHER/);
});

test('what is wrong with a secret is told without the secret', () => {
  const problems = [
    problemOf({ url: 'ftp://user:hush@example.com/' }),
    problemOf({ url: 'nonsense?token=hush' }),
    problemOf('url=http://u:hush@a.example/&url=http://b.example/'),
    refusal({ cookies: 'hush' }),
  ];
  for (const { message } of problems) expect(message).not.toContain('hush');
});

test('X-Forward- headers go along with use_headers only, and those of the connection are refused', () => {
  const headers = { 'x-forward-accept': 'text/x', 'x-forward-x-a': '1', 'x-forwarded-for': '10.0.0.1', cookie: 'c=1' };
  expect(request({}, { headers }).headers).toEqual([]);
  expect(request({ keep_headers: 'true' }, { headers }).headers).toEqual([
    ['accept', 'text/x'],
    ['x-a', '1'],
  ]);
  const problem = refusal({ use_headers: '1' }, { headers: { 'x-forward-transfer-encoding': 'chunked' } });
  expect(problem.members.parameter).toBe('x-forward-transfer-encoding');
});

test('JSON bodies give values in their own types', () => {
  const { request: read } = readPageRequest({
    fields: {
      url,
      render: false,
      timeout: 1000,
      retries: 1,
      max_bytes: 500,
      meta: { a: 1 },
      cookies: { a: 1, b: 'x' },
    },
  });
  expect(read).toMatchObject({
    render: false,
    timeout: 1000,
    retries: 1,
    maxBytes: 500,
    meta: { a: 1 },
    cookies: 'a=1; b=x',
  });
});

test('a callback makes a call a job', () => {
  expect(read({ async: 'true' })).toMatchObject({ async: true, callback: undefined });
  expect(read({ callback: 'https://a.example/cb' })).toMatchObject({ async: true, callback: 'https://a.example/cb' });
});

test('empty text is as good as none', () => {
  expect(request({ session: '', country: '', cookies: '', wait_for: '', locale: '' })).toEqual(request({}));
});

test('every parameter describes itself', () => {
  const described = describeParameters();
  expect(described.map(({ name }) => name)).toEqual([...new Set(described.map(({ name }) => name))]);
  expect(described.length).toBeGreaterThan(38);
  for (const { name, schema, description } of described) {
    expect(description.length, name).toBeGreaterThan(3);
    expect(JSON.stringify(schema), name).toContain('description');
  }
  expect(described.find(({ name }) => name === 'format')?.schema).toMatchObject({
    enum: ['html', 'raw', 'text', 'markdown', 'json', 'links', 'screenshot', 'pdf'],
    default: 'html',
  });
});
