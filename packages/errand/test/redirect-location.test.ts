import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLocation } from '../src/middleware/redirect/location.js';
import { resolveRedirect } from '../src/middleware/redirect/options.js';

const read = (location: string | string[], asked = 'http://a.test/dir/page?q#part') => {
  const to = readLocation({ location }, new URL(asked));
  return to instanceof URL ? to.href : to;
};

describe('Location', () => {
  it.each([
    ['next', 'http://a.test/dir/next#part'],
    ['/root', 'http://a.test/root#part'],
    ['?x=1', 'http://a.test/dir/page?x=1#part'],
    ['//b.test/x', 'http://b.test/x#part'],
    ['https://b.test', 'https://b.test/#part'],
    ['/with space here', 'http://a.test/with%20space%20here#part'],
    ['  /trimmed\t', 'http://a.test/trimmed#part'],
    ['/own#fragment', 'http://a.test/own#fragment'],
    ['/own#', 'http://a.test/own#'],
    ['..\\up', 'http://a.test/up#part'],
    ['', 'http://a.test/dir/page?q#part'],
    [Buffer.from('/ööbik').toString('latin1'), 'http://a.test/%C3%B6%C3%B6bik#part'],
    [Buffer.from('/\xf6', 'latin1').toString('latin1'), 'http://a.test/%C3%B6#part'],
    ['http://user:secret@b.test/x', 'http://b.test/x#part'],
  ])('%j leads to %s', (location, expected) => {
    expect(read(location)).toBe(expected);
  });

  it.each([
    'http://',
    'http://[bad',
    'http://a b/',
    'javascript:alert(1)',
    'data:,x',
    'ftp://a.test/',
    'file:///etc/passwd',
    'http://x:99999/',
  ])('%s cannot be followed', (location) => {
    expect(read(location)).toBe('unusable');
  });

  it('takes several only where they agree', () => {
    expect(read(['/a', '/b'])).toBe('unusable');
    expect(read(['/a', ' /a'])).toBe('http://a.test/a#part');
  });

  it('takes none from a prototype', () => {
    expect(readLocation(Object.create({ location: '/a' }), new URL('http://a.test'))).toBe('none');
  });

  it('never throws, and gives only http and https without userinfo', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' })), (location) => {
        const to = readLocation({ location }, new URL('https://user:pass@a.test/x#y'));
        if (!(to instanceof URL)) return;
        expect(to.protocol).toMatch(/^https?:$/);
        expect(to.username + to.password).toBe('');
      }),
    );
  });
});

describe('the option redirect', () => {
  it('lays a call over its session', () => {
    const session = resolveRedirect({ max: 3, allowDowngrade: true });
    expect(resolveRedirect('manual', session)).toMatchObject({ mode: 'manual', max: 3, allowDowngrade: true });
    expect(resolveRedirect(undefined, session)).toBe(session);
    expect(resolveRedirect(undefined)).toEqual({ mode: 'follow', max: 10, allowDowngrade: false });
  });

  it.each([
    [{ mode: 'maybe' }, 'redirect.mode'],
    ['maybe', 'redirect.mode'],
    [{ max: -1 }, 'redirect.max'],
    [{ max: 1.5 }, 'redirect.max'],
    [{ max: Number.NaN }, 'redirect.max'],
    [{ allowDowngrade: 'yes' }, 'redirect.allowDowngrade'],
    [{ crossOriginBody: 1 }, 'redirect.crossOriginBody'],
    [7, 'redirect'],
    [null, 'redirect'],
  ])('%j is a TypeError that names it', (option, name) => {
    expect(() => resolveRedirect(option as never)).toThrow(TypeError);
    expect(() => resolveRedirect(option as never)).toThrow(name);
  });
});
