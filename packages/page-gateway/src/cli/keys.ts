// `page-gateway keys add|list|revoke`: makes keys, shows what they have used, and ends them. A secret is printed once, when it
// is made, alone on stdout.
import { type KeyReport, Keys, type Scope, scopes } from '../keys/keys.js';
import { redisHost } from '../redis/url.js';
import { openStore } from '../store/store.js';
import type { Branch, Flag, Given, Io, Leaf } from './command.js';
import { dataFlag, dataFolderOf } from './data-folder.js';
import { commaSeparated, oneOf, wholeNumber } from './numbers.js';
import { redisFlag, redisUrlOf } from './redis-flag.js';
import { quoted } from './strict.js';
import { drawTable } from './table.js';
import { UsageError } from './usage-error.js';

const limit = (description: string, example: string): Flag => ({
  type: 'string',
  description,
  valueHint: example,
  otherwise: 'no limit',
});

/** Where the keys are: in a folder, or on the Redis that several gateways share. */
const placeFlags = { data: dataFlag, redis: redisFlag };

const add: Leaf = {
  name: 'add',
  summary: 'Makes a key and prints it, once.',
  flags: {
    name: { type: 'positional', description: 'Whose key it is, in at most 64 characters.' },
    rpm: limit('Calls a minute.', 'N'),
    concurrency: limit('Calls at once.', 'N'),
    quota: limit('Pages in all.', 'N'),
    scope: {
      type: 'string',
      many: true,
      valueHint: 'SCOPES',
      description: `What it may do beyond fetching pages: ${scopes.join(', ')}.`,
      otherwise: 'nothing more',
    },
    ...placeFlags,
  },
  examples: ['page-gateway keys add crawler --rpm 60 --concurrency 10 --quota 100000 --scope admin,ignore-robots'],
  notes: [
    'The key goes to stdout, alone on its line; what is stored of it is a hash. A running service knows it at once. From the first key on, every call needs one.',
  ],
  async run(given, io) {
    const name = given.text('name') ?? '';
    if (!/^\P{C}{1,64}$/u.test(name) || name.trim() !== name) {
      throw new UsageError(`NAME: expected 1 to 64 visible characters, got ${quoted(name)}`);
    }
    const number = (flag: string, max: number) => {
      const value = given.text(flag);
      return value === undefined ? undefined : wholeNumber(value, `--${flag}`, { min: 1, max });
    };
    const limits = {
      rpm: number('rpm', 1_000_000),
      concurrency: number('concurrency', 100_000),
      quota: number('quota', Number.MAX_SAFE_INTEGER),
    };
    const own = commaSeparated(given.list('scope') ?? []).map((each) => oneOf<Scope>(each, '--scope', scopes));
    return withKeys(given, io, async (keys, place) => {
      const first = keys.open;
      const made = await keys.add({ name, scopes: [...new Set(own)], ...limits });
      if (!made) {
        io.stderr.write(`There is a key of that name: revoke ${quoted(name)} first, or choose another name.\n`);
        return 1;
      }
      io.stdout.write(`${made.secret}\n`);
      io.stderr.write(`The key ${quoted(name)} is in force (${place}). It is shown this once only.\n`);
      if (first) io.stderr.write('It is the first one: from now on every call needs a key.\n');
      return 0;
    });
  },
};

const list: Leaf = {
  name: 'list',
  summary: 'Shows every key, its limits and what it has used.',
  flags: {
    json: { type: 'boolean', description: 'A line of JSON for each key.' },
    all: { type: 'boolean', description: 'Revoked ones too.' },
    ...placeFlags,
  },
  async run(given, io) {
    return withKeys(given, io, async (keys) => {
      const reports = (await keys.list()).filter(({ revoked }) => revoked === undefined || given.on('all'));
      if (given.on('json')) for (const report of reports) io.stdout.write(`${JSON.stringify(jsonOf(report))}\n`);
      else if (reports.length > 0) io.stdout.write(drawTable(heads, reports.map(cells)));
      else io.stderr.write(keys.open ? 'There are no keys: nobody is asked for one.\n' : 'There are no live keys.\n');
      return 0;
    });
  },
};

const revoke: Leaf = {
  name: 'revoke',
  summary: 'Ends a key, by its name or its id.',
  flags: { name: { type: 'positional', description: 'The name or the id, as `keys list` shows it.' }, ...placeFlags },
  async run(given, io) {
    const name = given.text('name') ?? '';
    return withKeys(given, io, async (keys) => {
      const revoked = await keys.revoke(name);
      if (revoked.length === 0) {
        io.stderr.write(`There is no live key ${quoted(name)}: page-gateway keys list shows those there are.\n`);
        return 1;
      }
      for (const key of revoked) io.stderr.write(`The key ${quoted(key.name)} (${key.id}) is revoked.\n`);
      return 0;
    });
  },
};

export const keysCommand: Branch = {
  name: 'keys',
  summary: 'Makes, shows and ends the keys of callers.',
  commands: { add, list, revoke },
};

/** @param work Told in words where the keys are. */
async function withKeys(given: Given, io: Io, work: (keys: Keys, place: string) => Promise<number>): Promise<number> {
  const url = redisUrlOf(given, io);
  if (url !== undefined) return withSharedKeys(url, work);
  const store = openStore({ folder: dataFolderOf(given, io) });
  try {
    return await work(new Keys({ store: store.keys }), store.folder);
  } finally {
    store.close();
  }
}

async function withSharedKeys(url: string, work: (keys: Keys, place: string) => Promise<number>): Promise<number> {
  const { openSharedKeys } = await import('../redis/shared-keys.js');
  const { store, traffic, close } = await openSharedKeys(url);
  try {
    return await work(new Keys({ store, traffic }), `Redis at ${redisHost(url)}`);
  } finally {
    await close();
  }
}

const heads = ['NAME', 'ID', 'SCOPES', 'RPM', 'AT ONCE', 'USED', 'QUOTA', 'MADE', 'STATE'];

function cells({ name, id, scopes: own, rate, concurrency, quota, created, revoked }: KeyReport): string[] {
  const limitOf = (value: number | null) => (value === null ? '-' : String(value));
  return [
    name,
    id,
    own.join(',') || '-',
    limitOf(rate.rpm),
    limitOf(concurrency.limit),
    String(quota.used),
    limitOf(quota.limit),
    dayOf(created),
    revoked === undefined ? 'live' : `revoked ${dayOf(revoked)}`,
  ];
}

function jsonOf({ id, name, scopes: own, rate, concurrency, quota, created, revoked }: KeyReport): object {
  return {
    id,
    name,
    scopes: own,
    rpm: rate.rpm,
    concurrency: concurrency.limit,
    quota,
    created: new Date(created).toISOString(),
    revoked: revoked === undefined ? null : new Date(revoked).toISOString(),
  };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
