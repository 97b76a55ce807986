// Choosing among proxies: in turn, by host, until failure; what failed rests. Random histories against a model.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProxyRoute } from '../src/core/route.js';
import { Proxies, type Rotation } from '../src/middleware/proxy/proxies.js';
import { readProxyUrl } from '../src/middleware/proxy/proxy-url.js';

const routes = ['one', 'two', 'three'].map((name) => readProxyUrl(`http://${name}:3128`, 'proxy'));
const [one, two, three] = routes as [ProxyRoute, ProxyRoute, ProxyRoute];
const cooldown = 100;

const proxies = (rotate: Rotation) => new Proxies({ routes, rotate, cooldown });

test('per-request: in turn, passing over those that rest', () => {
  const subject = proxies('per-request');
  expect([0, 0, 0, 0].map((now) => subject.choose('a', now))).toEqual([one, two, three, one]);
  subject.failed(two, 0);
  expect([1, 1, 99].map((now) => subject.choose('a', now))).toEqual([three, one, three]);
  expect(subject.choose('a', 100)).toBe(one);
  expect(subject.choose('a', 100)).toBe(two);
});

test('until-failure: one until it fails, and its successor after its rest', () => {
  const subject = proxies('until-failure');
  expect([0, 1, 2].map((now) => subject.choose('a', now))).toEqual([one, one, one]);
  subject.failed(one, 2);
  expect([3, 4, 500].map((now) => subject.choose('a', now))).toEqual([two, two, two]);
});

test('sticky: a host keeps its proxy, moves when that rests, and comes back', () => {
  const subject = proxies('sticky');
  const hosts = Array.from({ length: 300 }, (_, index) => `host-${index}.test`);
  const first = new Map(hosts.map((host) => [host, subject.choose(host, 0)]));
  for (const route of routes) expect([...first.values()].filter((each) => each === route).length).toBeGreaterThan(60);
  subject.failed(two, 0);
  for (const host of hosts) {
    const chosen = subject.choose(host, 50);
    if (first.get(host) === two) expect(chosen).not.toBe(two);
    else expect(chosen).toBe(first.get(host));
  }
  for (const host of hosts) expect(subject.choose(host, 100)).toBe(first.get(host));
});

test('where all rest, the one that is back first is tried', () => {
  for (const rotate of ['per-request', 'sticky', 'until-failure'] as const) {
    const subject = proxies(rotate);
    subject.failed(two, 0);
    subject.failed(one, 1);
    subject.failed(three, 2);
    expect(subject.choose('a', 3)).toBe(two);
  }
});

test('success ends a rest', () => {
  const subject = proxies('until-failure');
  subject.failed(one, 0);
  subject.succeeded(one);
  expect(subject.choose('a', 1)).toBe(one);
});

describe('whatever happens', () => {
  const event = fc.record({
    kind: fc.constantFrom('choose', 'failed', 'succeeded'),
    index: fc.nat(2),
    wait: fc.nat(80),
    host: fc.constantFrom('a', 'b'),
  });

  test.each(['per-request', 'sticky', 'until-failure'] as const)(
    '%s never takes one that rests while another does not',
    (rotate) => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60 }), (events) => {
          const subject = proxies(rotate);
          const restsUntil = new Map(routes.map((route) => [route, 0]));
          let now = 0;
          for (const { kind, index, wait, host } of events) {
            now += wait;
            const route = routes[index] as ProxyRoute;
            if (kind === 'failed') {
              subject.failed(route, now);
              restsUntil.set(route, now + cooldown);
            } else if (kind === 'succeeded') {
              subject.succeeded(route);
              restsUntil.set(route, 0);
            } else {
              const chosen = subject.choose(host, now);
              const rests = (each: ProxyRoute) => (restsUntil.get(each) as number) > now;
              expect(rests(chosen)).toBe(routes.every(rests));
            }
          }
        }),
      );
    },
  );
});
