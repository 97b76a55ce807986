// Resolving names: one lookup for all who ask, answers kept for a while, nothing believed that is no address.
import { DnsError } from 'errand';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LookupFunction, Resolver } from '../src/transport/connect/resolver.js';
import { names } from './support/peers.js';

function resolver(lookup: LookupFunction | undefined, ttl = 10_000) {
  const clock = { now: 0 };
  return { clock, resolver: new Resolver({ ttl, lookup, now: () => clock.now }) };
}

const failing = (code?: string): LookupFunction & { asked: number } => {
  const lookup: LookupFunction & { asked: number } = Object.assign(
    async () => {
      lookup.asked++;
      throw Object.assign(new Error('no'), code === undefined ? {} : { code });
    },
    { asked: 0 },
  );
  return lookup;
};

describe('keeping answers', () => {
  test('an answer is kept for its time, and asked for again afterwards', async () => {
    const lookup = names({ 'a.test': ['1.1.1.1', '2606:4700::1111'] });
    const { resolver: subject, clock } = resolver(lookup);
    expect(await subject.resolve('a.test', 0)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    clock.now = 9_999;
    await subject.resolve('a.test', 0);
    expect(lookup.asked).toHaveLength(1);
    clock.now = 10_000;
    await subject.resolve('a.test', 0);
    expect(lookup.asked).toHaveLength(2);
  });

  test('ttl 0 keeps nothing', async () => {
    const lookup = names({ 'a.test': ['1.1.1.1'] });
    const { resolver: subject } = resolver(lookup, 0);
    await subject.resolve('a.test', 0);
    await subject.resolve('a.test', 0);
    expect(lookup.asked).toHaveLength(2);
  });

  test('that there is no such name is kept for a second, in errors of their own', async () => {
    const lookup = failing('ENOTFOUND');
    const { resolver: subject, clock } = resolver(lookup);
    const first = await subject.resolve('a.test', 0).catch((error) => error);
    const second = await subject.resolve('a.test', 0).catch((error) => error);
    expect(first).toBeInstanceOf(DnsError);
    expect(second).toBeInstanceOf(DnsError);
    expect(second).not.toBe(first);
    expect(lookup.asked).toBe(1);
    clock.now = 1_000;
    await subject.resolve('a.test', 0).catch(() => {});
    expect(lookup.asked).toBe(2);
  });

  test('a failure that may pass is not kept', async () => {
    const lookup = failing('EAI_AGAIN');
    const { resolver: subject } = resolver(lookup);
    const error = await subject.resolve('a.test', 0).catch((caught) => caught);
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toBe('a.test could not be resolved: the name server does not answer (EAI_AGAIN)');
    await subject.resolve('a.test', 0).catch(() => {});
    expect(lookup.asked).toBe(2);
  });

  test('at most a thousand names are remembered', async () => {
    const asked: string[] = [];
    const { resolver: subject } = resolver(async (name) => {
      asked.push(name);
      return [{ address: '1.1.1.1', family: 4 }];
    });
    for (let index = 0; index <= 1_000; index++) await subject.resolve(`${index}.test`, 0);
    await subject.resolve('1000.test', 0);
    expect(asked).toHaveLength(1_001);
    await subject.resolve('0.test', 0);
    expect(asked).toHaveLength(1_002);
  });
});

describe('one lookup for all', () => {
  test('those who ask at once share it; each gets an error of its own', async () => {
    const { promise, reject } = withResolvers();
    let asked = 0;
    const { resolver: subject } = resolver(() => {
      asked++;
      return promise as Promise<never>;
    });
    const outcomes = Promise.all([0, 1, 2].map(() => subject.resolve('a.test', 0).catch((error) => error)));
    reject(new Error('no'));
    const errors = await outcomes;
    expect(asked).toBe(1);
    expect(new Set(errors).size).toBe(3);
    for (const error of errors) expect(error).toBeInstanceOf(DnsError);
  });

  test('one that takes too long is not waited for by those who come later', async () => {
    let asked = 0;
    const { resolver: subject, clock } = resolver(async () => {
      asked++;
      if (asked === 1) await new Promise(() => {});
      return [{ address: '1.1.1.1', family: 4 }];
    });
    void subject.resolve('a.test', 0);
    clock.now = 10_000;
    expect(await subject.resolve('a.test', 0)).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(asked).toBe(2);
  });
});

describe('what comes back', () => {
  test('IPv4-mapped addresses are the IPv4 addresses that they reach; repeated ones count once', async () => {
    const { resolver: subject } = resolver(names({ 'a.test': ['::ffff:127.0.0.1', '127.0.0.1'] }));
    expect(await subject.resolve('a.test', 0)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });

  test('only the family that is asked for', async () => {
    const { resolver: subject } = resolver(names({ 'a.test': ['::1', '127.0.0.1'] }));
    expect(await subject.resolve('a.test', 4)).toEqual([{ address: '127.0.0.1', family: 4 }]);
    const none = resolver(names({ 'a.test': ['127.0.0.1'] })).resolver.resolve('a.test', 6);
    await expect(none).rejects.toThrow('a.test has no IPv6 address');
  });

  test('no address at all is an unknown name', async () => {
    await expect(resolver(async () => []).resolver.resolve('a.test', 0)).rejects.toThrow(/no such name/);
  });

  test('of a thousand addresses sixty-four are looked at', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const found = await resolver(names({ 'a.test': many })).resolver.resolve('a.test', 0);
    expect(found).toHaveLength(64);
  });

  test('whatever a lookup answers, it is addresses or a DnsError', async () => {
    const answers = fc.oneof(
      fc.anything(),
      fc.array(
        fc.oneof(fc.anything(), fc.record({ address: fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.anything()) })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const { resolver: subject } = resolver(async () => answer as never);
        const outcome = await subject.resolve('a.test', 0).catch((error) => error);
        if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(DnsError);
        else for (const { address, family } of outcome) expect(address.includes(':')).toBe(family === 6);
      }),
    );
  });

  test('whatever a lookup throws is a DnsError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const { resolver: subject } = resolver(async () => {
          throw thrown;
        });
        await expect(subject.resolve('a.test', 0)).rejects.toBeInstanceOf(DnsError);
      }),
    );
  });
});

describe('localhost', () => {
  test('is this machine without a lookup by the operating system', async () => {
    const { resolver: subject } = resolver(undefined);
    expect(await subject.resolve('a.b.localhost.', 0)).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await subject.resolve('localhost', 4)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });

  test('is what a lookup of the user says', async () => {
    const { resolver: subject } = resolver(names({ localhost: ['127.0.0.9'] }));
    expect(await subject.resolve('localhost', 0)).toEqual([{ address: '127.0.0.9', family: 4 }]);
  });
});

function withResolvers() {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise((_resolve, rejecting) => {
    reject = rejecting;
  });
  return { promise, reject };
}
