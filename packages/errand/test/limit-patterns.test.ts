// Host patterns and limits as options give them: which wins, and what is refused when the session is made.
import { describe, expect, it } from 'vitest';
import { resolveLimits } from '../src/middleware/limit/options.js';
import { PatternTable } from '../src/middleware/limit/patterns.js';

describe('host patterns', () => {
  const table = new PatternTable(
    {
      '*': 'any',
      '*:8443': 'any on 8443',
      '*.example.org': 'below example.org',
      '*.deep.example.org': 'below deep.example.org',
      '*.example.org:8080': 'below example.org on 8080',
      'API.example.org': 'api',
      'api.example.org:8080': 'api on 8080',
      'bücher.example': 'books',
      '[0:0::1]': 'loopback',
      '::2': 'bare',
      '10.0.0.1:81': 'address',
    },
    'limits',
  );

  it.each([
    ['other.example:443', 'any'],
    ['other.example:8443', 'any on 8443'],
    ['example.org:443', 'any'],
    ['notexample.org:443', 'any'],
    ['a.example.org:443', 'below example.org'],
    ['a.b.example.org:8443', 'below example.org'],
    ['a.example.org:8080', 'below example.org on 8080'],
    ['a.deep.example.org:8080', 'below deep.example.org'],
    ['api.example.org:443', 'api'],
    ['api.example.org.:443', 'api'],
    ['api.example.org:8080', 'api on 8080'],
    ['xn--bcher-kva.example:80', 'books'],
    ['[::1]:80', 'loopback'],
    ['[::2]:80', 'bare'],
    ['10.0.0.1:81', 'address'],
    ['10.0.0.1:80', 'any'],
  ])('%s is met by the most specific: %s', (host, expected) => {
    expect(table.find(host)).toBe(expected);
  });

  it('matches nothing where no pattern does', () => {
    expect(new PatternTable({ 'a.example': 1 }, 'limits').find('b.example:80')).toBeUndefined();
  });

  it.each([
    '',
    'https://api.github.com',
    'api.github.com/users',
    'user@host',
    'a b',
    'a.*.example',
    '*example.org',
    '**',
    'host:',

    'host:70000',
    'host:http',
    '10.0.0.*',
    '*.10.0.0.1',
    '[::1',
  ])("refuses '%s'", (pattern) => {
    expect(() => new PatternTable({ [pattern]: 1 }, 'limits')).toThrow(TypeError);
    expect(() => new PatternTable({ [pattern]: 1 }, 'limits')).toThrow(/^limits: expected a host/);
  });
});

describe('resolveLimits', () => {
  it('gives 8 at once and no rate to hosts that nothing is said about', () => {
    const eight = { concurrency: 8, interval: 0, respectServer: true };
    expect(resolveLimits(undefined)('a.example:443')).toMatchObject(eight);
    expect(resolveLimits({ 'b.example': { concurrency: 2 } })('a.example:443')).toMatchObject(eight);
    expect(resolveLimits({ '*': { rate: '10/s' } })('a.example:443')).toMatchObject({ concurrency: 8, interval: 100 });
  });

  it('takes the most specific limit as a whole', () => {
    const limitOf = resolveLimits({ '*': { concurrency: 2, rate: '1/s' }, 'a.example': { concurrency: 4 } });
    expect(limitOf('a.example:443')).toMatchObject({ concurrency: 4, interval: 0 });
  });

  it.each([
    ['10/s', 100, 10],
    ['5000/h', 720, 5_000],
    ['100/15m', 9_000, 100],
    ['1 / 500ms', 500, 1],
    ['60/minute', 1_000, 60],
    ['0.5/s', 2_000, 1],
    ['2/1.5s', 750, 2],
  ])('reads %s', (rate, interval, burst) => {
    expect(resolveLimits({ '*': { rate } })('h:80')).toMatchObject({ interval, burst });
  });

  it('lets burst stand beside the rate', () => {
    expect(resolveLimits({ '*': { rate: '10/s', burst: 1 } })('h:80')).toMatchObject({ interval: 100, burst: 1 });
  });

  it.each([
    ['10', 'rate'],
    ['10/', 'rate'],
    ['/s', 'rate'],
    ['0/s', 'rate'],
    ['-1/s', 'rate'],
    ['10/fortnight', 'rate'],
    ['10/0s', 'rate'],
    ['ten/s', 'rate'],
    ['10/s/s', 'rate'],
    ['10/15', 'rate'],
  ])("refuses the rate '%s'", (rate) => {
    expect(() => resolveLimits({ 'a.example': { rate } })).toThrow(TypeError);
    expect(() => resolveLimits({ 'a.example': { rate } })).toThrow("limits['a.example'].rate");
  });

  it.each([
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ concurrency: '8' }, 'concurrency'],
    [{ concurrency: Number.NaN }, 'concurrency'],
    [{ rate: 10 }, 'rate'],
    [{ rate: '10/s', burst: 0 }, 'burst'],
    [{ burst: 5 }, 'burst'],
    [{ respectServerLimits: 'no' }, 'respectServerLimits'],
    [null, "limits['*']"],
    [8, "limits['*']"],
  ])('refuses %j and names the option', (limit, name) => {
    expect(() => resolveLimits({ '*': limit as never })).toThrow(TypeError);
    expect(() => resolveLimits({ '*': limit as never })).toThrow(name);
  });

  it('refuses what is no object of patterns', () => {
    expect(() => resolveLimits(8 as never)).toThrow(/^limits: expected an object/);
    expect(() => resolveLimits([] as never)).toThrow(/^limits: expected an object/);
  });
});
