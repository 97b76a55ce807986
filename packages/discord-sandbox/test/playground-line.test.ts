import type { APIApplicationCommand } from 'discord-api-types/v10';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterTyping, chooseLeaf, eraseOption, fillSpan } from '../page/composer/edits.js';
import { History } from '../page/composer/history.js';
import { leavesOf, matching } from '../page/composer/leaves.js';
import { adopted, missing, readLine, spanAt } from '../page/composer/line.js';
import { check } from '../page/composer/values.js';
import { commandsAt } from '../page/state/model.js';

const base = { application_id: '1', version: '1', default_member_permissions: null, type: 1 } as const;
const made = (id: string, fields: object) =>
  ({ ...base, id, description: `About ${id}`, ...fields }) as unknown as APIApplicationCommand;
const commands = [
  made('1', {
    name: 'weather',
    options: [
      { type: 3, name: 'city', description: 'Where', required: true, min_length: 2 },
      { type: 4, name: 'days', description: 'How many', min_value: 1, max_value: 7 },
      { type: 3, name: 'units', description: 'Which', choices: [{ name: 'Celsius', value: 'c' }] },
    ],
  }),
  made('2', {
    name: 'tag',
    options: [
      { type: 1, name: 'add', description: 'Adds', options: [{ type: 5, name: 'loud', description: 'Loud' }] },
      { type: 2, name: 'list', description: 'Lists', options: [{ type: 1, name: 'all', description: 'All' }] },
    ],
  }),
  made('3', {
    name: 'where',
    name_localizations: { de: 'wo' },
    options: [{ type: 6, name: 'user', description: 'Who', required: true }],
  }),
  made('4', { name: 'Look up', type: 3 }),
];
const leaves = leavesOf(commands, 'en-US');
const read = (text: string) => readLine(text, leaves, 'en-US');
const people = { users: [{ id: '9', username: 'ada', displayName: 'Ada', bot: false }], guild: undefined };
const checked = (text: string) => {
  const line = read(adopted(read(text), text, 'en-US'));
  if (line.kind !== 'command') throw new Error(`no command in ${text}`);
  const { values, problems } = check(line, new Map(), people, 'en-US');
  return { values, problems: Object.fromEntries(problems) };
};

test('every subcommand is a line of its own, menus are none, and names come in the user’s language', () => {
  expect(leaves.map((leaf) => leaf.title)).toEqual(['tag add', 'tag list all', 'weather', 'where']);
  expect(leavesOf(commands, 'de').map((leaf) => leaf.title)).toContain('wo');
  expect(matching(leaves, 'we').map((leaf) => leaf.title)).toEqual(['weather']);
  expect(matching(leaves, 'list').map((leaf) => leaf.title)).toEqual(['tag list all']);
});

test('a line is a text, the beginning of a name, or a command', () => {
  expect(read('hello /weather').kind).toBe('text');
  expect(read('/').kind).toBe('naming');
  expect(read('/tag').kind).toBe('naming');
  expect(read('/weatherman').kind).toBe('naming');
  expect(read('/tag list all')).toMatchObject({ kind: 'command', leaf: { name: 'tag list all' } });
});

test('values may have spaces and colons; names of other commands’ options are no options', () => {
  const line = read('/weather city:Port of: Spain at 10:30 days:3');
  expect(line).toMatchObject({ spans: [{ value: 'Port of: Spain at 10:30' }, { value: '3' }], stray: '' });
  expect(spanAt(line, 16)?.option.name).toBe('city');
});

test('words before the first option stand for the required one', () => {
  expect(adopted(read('/weather New York days:2'), '/weather New York days:2', 'en-US')).toBe(
    '/weather city:New York days:2',
  );
  expect(adopted(read('/weather city:x'), '/weather city:x', 'en-US')).toBe('/weather city:x');
});

test.each([
  ['/weather city:Oslo days:3 units:celsius', { city: 'Oslo', days: 3, units: 'c' }, {}],
  ['/weather Oslo', { city: 'Oslo' }, {}],
  ['/weather city:O', {}, { city: 'Enter at least 2 characters.' }],
  ['/weather', {}, { city: 'This option is required. Specify a value.' }],
  ['/weather city:Oslo days:8', { city: 'Oslo' }, { days: 'Enter a number of at most 7.' }],
  ['/weather city:Oslo days:0', { city: 'Oslo' }, { days: 'Enter a number of at least 1.' }],
  ['/weather city:Oslo days:1.5', { city: 'Oslo' }, { days: 'Enter a whole number.' }],
  ['/weather city:Oslo units:kelvin', { city: 'Oslo' }, { units: 'Enter a valid choice.' }],
  ['/tag add loud:yes', { loud: true }, {}],
  ['/tag add loud:maybe', {}, { loud: 'Enter true or false.' }],
  ['/where user:@Ada', { user: '9' }, {}],
  ['/where user:grace', {}, { user: 'Nothing here is called “grace”.' }],
])('%s', (text, values, problems) => {
  expect(checked(text)).toEqual({ values, problems });
});

test('completion opens what is required, fills it, and goes on', () => {
  const weather = leaves.find((leaf) => leaf.name === 'weather')!;
  const chosen = chooseLeaf(weather, 'en-US');
  expect(chosen).toEqual({ text: '/weather city:', caret: 14 });
  const line = read(chosen.text);
  if (line.kind !== 'command') throw new Error('no command');
  expect(fillSpan(chosen, line, line.spans[0]!, 'Oslo', 'en-US')).toEqual({ text: '/weather city:Oslo ', caret: 19 });
  expect(missing(line).map((option) => option.name)).toEqual(['days', 'units']);
  expect(eraseOption(chosen, line)).toEqual({ text: '/weather', caret: 8 });
  expect(eraseOption({ text: '/weather city:O', caret: 14 }, read('/weather city:O'))).toBeUndefined();
});

test('typing the name of an option that is open already opens it once', () => {
  const after = (text: string, before: string) =>
    afterTyping({ text, caret: text.length }, before, read(text), 'en-US').text;
  expect(after('/weather ', '/weather')).toBe('/weather city:');
  expect(after('/weather city:city:', '/weather city:city')).toBe('/weather city:');
  expect(after('/weather city:days:', '/weather city:days')).toBe('/weather days:');
  expect(after('/weather city:10:', '/weather city:10')).toBe('/weather city:10:');
});

test('key by key or at once, a command comes to the same', () => {
  const value = fc.stringMatching(/^[a-zA-Z0-9]{2,8}( [a-zA-Z0-9]{1,5})?$/);
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 7 }), (city, days) => {
      const whole = `/weather city:${city} days:${days}`;
      let draft = { text: '', caret: 0 };
      for (const key of whole) {
        const text = draft.text + key;
        draft = afterTyping({ text, caret: text.length }, draft.text, read(text), 'en-US');
      }
      expect(draft.text).toBe(whole);
      expect(checked(whole)).toEqual({ values: { city, days }, problems: {} });
    }),
  );
});

test('no text makes the reader fail, and spans never overlap', () => {
  const part = fc.constantFrom('/', 'weather', ' ', 'city:', 'days:', 'units:', 'tag', 'add', 'x', ':', '\n');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const text = `/${parts.join('')}`;
      const line = read(text);
      if (line.kind !== 'command') return;
      let end = 0;
      for (const span of line.spans) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.valueAt).toBeLessThanOrEqual(span.end);
        end = span.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('a guild’s own command hides the global one; direct messages have only those for them', () => {
  const all = [
    made('5', { name: 'a' }),
    made('6', { name: 'a', guild_id: '7' }),
    made('8', { name: 'b', contexts: [0] }),
    made('9', { name: 'c', contexts: [1] }),
  ];
  const at = (guild: string | null) =>
    commandsAt({ commands: all, place: { guild, channel: '1' } }).map((command) => command.id);
  expect(at('7')).toEqual(['6', '8']);
  expect(at('10')).toEqual(['5', '8']);
  expect(at(null)).toEqual(['5', '9']);
});

test('history goes back, forth and to an empty line, and leaves a new text alone', () => {
  const history = new History();
  for (const line of ['one', 'two', 'two']) history.add(line);
  expect(history.step(-1, '')).toBe('two');
  expect(history.step(-1, 'two')).toBe('one');
  expect(history.step(-1, 'one')).toBeUndefined();
  expect(history.step(1, 'one')).toBe('two');
  expect(history.step(1, 'two')).toBe('');
  expect(history.step(-1, 'something else')).toBeUndefined();
});
