// The cookies of one session at several gateways, by random schedules: all come to have the same, nobody's are lost, and
// what one removed does not come back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedCookies } from '../src/sessions/shared-cookies.js';

const url = 'https://h.test/';

/** What a shared store does with cookies. */
class Shelf {
  cookies = new Map<string, string>();
  anew = false;

  pull(copy: SharedCookies): void {
    copy.merge(new Map(this.cookies), this.anew);
  }

  push(copy: SharedCookies): void {
    const changes = copy.changes();
    for (const [field, text] of changes.set) this.cookies.set(field, text);
    for (const field of changes.gone) this.cookies.delete(field);
    copy.told(changes);
  }
}

const at = fc.nat({ max: 2 });
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), at, name: fc.nat({ max: 3 }), value: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant('remove' as const), at, name: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constantFrom('pull' as const, 'push' as const), at }),
);

const namesOf = ({ jar }: SharedCookies) => jar.getCookieString(url).split('; ').sort();

test('in whatever order they are told, all come to have the same', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const shelf = new Shelf();
      const copies = [new SharedCookies(), new SharedCookies(), new SharedCookies()];
      const touched = new Set<string>();
      for (const [number, each] of steps.entries()) {
        const copy = copies[each.at] as SharedCookies;
        if (each.do === 'pull') shelf.pull(copy);
        if (each.do === 'push') shelf.push(copy);
        // A name of its own, which nobody else touches, and one that all do.
        if (each.do === 'set') copy.jar.setCookie(`own${each.at}x${number}=${each.value}`, url);
        if (each.do === 'set') touched.add(`own${each.at}x${number}=${each.value}`);
        if (each.do === 'set') copy.jar.setCookie(`n${each.name}=${each.value}`, url);
        if (each.do === 'remove') copy.jar.setCookie(`n${each.name}=; Max-Age=0`, url);
      }
      for (const copy of copies) {
        shelf.pull(copy);
        shelf.push(copy);
      }
      for (const copy of copies) shelf.pull(copy);
      const all = copies.map(namesOf);
      expect(all).toEqual([all[0], all[0], all[0]]);
      expect(all[0]).toEqual(expect.arrayContaining([...touched]));
      for (const copy of copies) expect(copy.changes()).toEqual({ set: new Map(), gone: [] });
    }),
    { numRuns: 500 },
  );
});

test('what one removed is gone for the other, unless they have changed it since', () => {
  const shelf = new Shelf();
  const [one, two] = [new SharedCookies(), new SharedCookies()];
  for (const name of ['a', 'b']) one.jar.setCookie(`${name}=1`, url);
  shelf.push(one);
  shelf.pull(two);
  for (const name of ['a', 'b']) one.jar.setCookie(`${name}=; Max-Age=0`, url);
  shelf.push(one);
  two.jar.setCookie('b=2', url);
  shelf.pull(two);
  expect(namesOf(two)).toEqual(['b=2']);
  shelf.push(two);
  shelf.pull(one);
  expect(namesOf(one)).toEqual(['b=2']);
});

test('what was set here otherwise, and removed before that was told, is gone for all', () => {
  const shelf = new Shelf();
  const [one, two] = [new SharedCookies(), new SharedCookies()];
  one.jar.setCookie('a=1', url);
  two.jar.setCookie('a=2', url);
  shelf.push(one);
  shelf.pull(two);
  two.jar.setCookie('a=; Max-Age=0', url);
  shelf.push(two);
  shelf.pull(one);
  expect([shelf.cookies.size, one.jar.size, two.jar.size]).toEqual([0, 0, 0]);
});

test('a store that has lost them gets back what each still has', () => {
  const shelf = new Shelf();
  const [one, two] = [new SharedCookies(), new SharedCookies()];
  one.jar.setCookie('a=1', url);
  shelf.push(one);
  shelf.pull(two);
  two.jar.setCookie('b=1', url);
  shelf.push(two);
  // Restored by the one that has not heard of the second cookie.
  shelf.cookies = new Map(one.all());
  shelf.anew = true;
  shelf.pull(two);
  shelf.push(two);
  shelf.pull(one);
  expect([namesOf(one), namesOf(two)]).toEqual([
    ['a=1', 'b=1'],
    ['a=1', 'b=1'],
  ]);
});

test('what is no cookie is left alone, and one that has ended stays so', () => {
  const copy = new SharedCookies();
  const gone = JSON.stringify(['x', '1', 'h.test', true, '/', false, false, 1]);
  copy.merge(
    new Map([
      ['odd', '{}'],
      ['old', 'no json'],
      ['gone', gone],
    ]),
    false,
  );
  expect(copy.jar.size).toBe(0);
  expect(copy.changes()).toEqual({ set: new Map(), gone: [] });
});
