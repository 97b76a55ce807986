// A session's numbers in Prometheus' text format.
import { prometheus, type SessionStats } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { expect, test } from 'vitest';

const empty: SessionStats = {
  inFlight: 0,
  queued: 0,
  connections: { open: 0, idle: 0 },
  requests: 0,
  succeeded: 0,
  failed: 0,
  retried: 0,
  cacheHits: 0,
  deduped: 0,
  hosts: {},
  offloaded: 0,
};

/** The samples of a page, after holding the page to the format. */
function samples(page: string): Map<string, number> {
  const found = new Map<string, number>();
  const typed = new Set<string>();
  expect(page.endsWith('\n')).toBe(true);
  for (const line of page.trimEnd().split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment !== null) {
      if (comment[1] === 'TYPE') {
        expect(typed.has(comment[2] as string)).toBe(false);
        typed.add(comment[2] as string);
        expect(['gauge', 'counter']).toContain(comment[3]);
        expect(comment[3] === 'counter').toBe(comment[2]?.endsWith('_total'));
      }
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+]+)$/.exec(line);
    expect(sample, line).not.toBeNull();
    expect(typed.has(sample?.[1] as string), line).toBe(true);
    expect(found.has(`${sample?.[1]}${sample?.[2] ?? ''}`)).toBe(false);
    found.set(`${sample?.[1]}${sample?.[2] ?? ''}`, Number(sample?.[3]));
  }
  return found;
}

test('a session that has done something', async () => {
  const web = scriptedWeb();
  web.get('https://api.example/', [503, 200]);
  web.get('https://api.example/missing', 404);
  await using session = web.session({
    retry: { backoff: { base: 1, max: 1 } },
    limits: { 'api.example': { rate: '10/h' } },
  });
  await session.get('https://api.example/');
  await session.get('https://api.example/missing').catch(() => undefined);
  const found = samples(prometheus(session.stats()));
  expect(found.get('errand_requests_total')).toBe(2);
  expect(found.get('errand_requests_succeeded_total')).toBe(1);
  expect(found.get('errand_requests_failed_total')).toBe(1);
  expect(found.get('errand_retries_total')).toBe(1);
  expect(found.get('errand_host_circuit_state{host="api.example:443"}')).toBe(0);
  expect(found.get('errand_host_tokens{host="api.example:443"}')).toBeCloseTo(7, 0);
});

test('labels are escaped, and what is no label is a TypeError', () => {
  const hosts = { 'a"b\\c\nd:1': { inFlight: 1, queued: 2, circuit: 'open' as const } };
  const found = samples(prometheus({ ...empty, hosts }, { labels: { shard: '3"' } }));
  expect(found.get('errand_host_circuit_state{shard="3\\"",host="a\\"b\\\\c\\nd:1"}')).toBe(2);
  expect(found.get('errand_requests_total{shard="3\\""}')).toBe(0);
  for (const labels of [{ 'a-b': '' }, { host: '' }, { __name__: '' }]) {
    expect(() => prometheus(empty, { labels })).toThrow(TypeError);
  }
  expect(() => prometheus(empty, { maxHosts: -1 })).toThrow(TypeError);
});

test('however many hosts, the series are bounded; none is lost in the sums', () => {
  const hosts: SessionStats['hosts'] = {};
  for (let host = 0; host < 5_000; host++)
    hosts[`h${host}:443`] = { inFlight: host % 3, queued: 1, circuit: host === 7 ? 'open' : 'closed', tokens: 1 };
  hosts['busy:443'] = { inFlight: 50, queued: 9, circuit: 'half-open' };
  const page = prometheus({ ...empty, hosts }, { maxHosts: 10 });
  const found = samples(page);
  expect(page.split('\n').length).toBeLessThan(100);
  expect(found.get('errand_host_requests_in_flight{host="busy:443"}')).toBe(50);
  const queued = [...found].filter(([name]) => name.startsWith('errand_host_requests_queued'));
  expect(queued.length).toBe(11);
  expect(queued.reduce((sum, [, value]) => sum + value, 0)).toBe(5_009);
  expect(found.has('errand_host_tokens{host="other"}')).toBe(false);
  expect(samples(prometheus({ ...empty, hosts }, { maxHosts: 0 })).get('errand_host_circuit_state{host="other"}')).toBe(
    2,
  );
});
