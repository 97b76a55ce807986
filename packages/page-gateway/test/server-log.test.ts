// What is nobody's business does not reach a line of the log, however deep it stands and whatever it is made of; a line
// without such is as it was written.
import { describe, expect, test } from 'vitest';
import { makeLog } from '../src/server/log.js';

/** The line that comes of `what`. */
function lineOf(what: object, message = 'told'): string {
  let line = '';
  makeLog({ to: { write: (text) => (line += text) } }).info(what, message);
  return line;
}

describe('the log', () => {
  const names = [
    'authorization',
    'cookie',
    'cookies',
    'set-cookie',
    'auth_key',
    'api_key',
    'token',
    'password',
    'secret',
  ];

  test.each(names)('%s is nowhere', (name) => {
    for (const value of ['h1dden', ['h1dden', 'too'], { h1dden: 'h1dden' }, 'h1"d\\den']) {
      const deep = { a: { b: [{ c: { [name]: value, kept: 7 } }] } };
      for (const what of [{ [name]: value }, { [name.toUpperCase()]: value }, deep, { headers: { [name]: value } }]) {
        const line = lineOf({ ...what, status: 200 });
        expect(line).not.toMatch(/h1|too/);
        expect(JSON.parse(line)).toMatchObject({ level: 30, status: 200, msg: 'told' });
      }
      expect(JSON.parse(lineOf(deep)).a.b).toEqual([{ c: { [name]: '***', kept: 7 } }]);
    }
  });

  test('an error brings none along', () => {
    const cause = Object.assign(new Error('http://user:h1dden@proxy:3128 refused'), { password: 'h1dden' });
    const err = Object.assign(new Error('asked https://example.com/?api_key=h1dden', { cause }), {
      request: { headers: { Cookie: 'a=h1dden' } },
    });
    const line = lineOf({ err }, 'with Bearer h1ddenh1dden');
    expect(line).not.toContain('h1dden');
    expect(JSON.parse(line).err.message).toContain('asked https://example.com/?api_key=***');
  });

  test('what only looks like one stays', () => {
    const what = { key: 'bot', tokens: 5, text: 'a cookie is a "token"', target: 'https://example.com/token?page=7' };
    expect(JSON.parse(lineOf(what))).toMatchObject(what);
  });

  test('one line is one line of JSON', () => {
    const line = lineOf({ password: 'h1dden', text: 'two\nlines' });
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(line.endsWith('}\n')).toBe(true);
  });
});
