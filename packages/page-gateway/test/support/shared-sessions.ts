// Gateways' rooms of sessions on one Redis, each with a connection of its own as another process would have.
import { onTestFinished } from 'vitest';
import type { PageRequest } from '../../src/core/page-request.js';
import type { Visitor } from '../../src/core/visitor.js';
import { Identities } from '../../src/identity/identities.js';
import { parseProxies } from '../../src/proxies/parse.js';
import { Proxies } from '../../src/proxies/proxies.js';
import { RedisConnection } from '../../src/redis/connection.js';
import { RedisSessions, type RedisSessionsOptions } from '../../src/redis/sessions.js';
import { Visitors } from '../../src/sessions/visitors.js';
import { engine } from './engine-browser.js';
import { pageRequest } from './page-request.js';
import type { RedisServer } from './redis.js';

export const site = 'http://h.test/';

export interface DeskOptions extends Omit<RedisSessionsOptions, 'connection'> {
  readonly list?: readonly string[];
}

/** Where sessions are shared; closed when the test is over. */
export async function sharedStore(redis: RedisServer, options: Omit<RedisSessionsOptions, 'connection'> = {}) {
  const connection = await RedisConnection.open({ url: redis.url });
  onTestFinished(() => connection.close());
  return { connection, store: new RedisSessions({ connection, ...options }) };
}

export async function desk(redis: RedisServer, { list, ...options }: DeskOptions = {}) {
  const { connection, store } = await sharedStore(redis, options);
  const lines = list ?? ['http://a:1 id=a country=de', 'http://b:1 id=b country=us', 'http://c:1 id=c country=us'];
  const proxies = new Proxies({ servers: parseProxies(lines.join('\n'), 'list'), probeEvery: 0 });
  const identities = new Identities({ engineBrowser: () => engine });
  const { idle } = options;
  const visitors = new Visitors({ proxies, identities, store, ...(idle && { idle }) });
  const visit = (change: Partial<PageRequest> = {}, avoid?: ReadonlySet<string>) =>
    visitors.visitorFor(pageRequest(site, { session: 's', ...change }), 'key', avoid);
  /** A call that gets this cookie. */
  const call = async (cookie: string, change: Partial<PageRequest> = {}) => {
    const visitor = await visit(change);
    visitor.cookies.setCookie(cookie, site);
    await visitors.save(visitor);
    return visitor;
  };
  return { connection, store, visitors, visit, call };
}

/** All that makes a visitor who he is. */
export function faceOf({ id, proxy, identity }: Visitor) {
  return { id, proxy: proxy?.id, identity: identity.id };
}

export function cookiesOf({ cookies }: Visitor): string {
  return cookies.getCookieString(site);
}
