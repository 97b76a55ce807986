// The ladder on real rooms below it, as the service has it: over loopback, with what a test says.
import type { Engine } from '../../src/core/engine.js';
import { HttpEngine } from '../../src/http/http-engine.js';
import { openTargets } from '../../src/http/targets.js';
import { Identities } from '../../src/identity/identities.js';
import { Pages, type PagesParts } from '../../src/ladder/pages.js';
import { Hosts } from '../../src/politeness/hosts.js';
import { parseProxies } from '../../src/proxies/parse.js';
import { Proxies } from '../../src/proxies/proxies.js';
import { Robots } from '../../src/robots/robots.js';
import { Visitors, type VisitorsOptions } from '../../src/sessions/visitors.js';
import { judge } from '../../src/verdict/judge.js';

export interface LadderOptions extends Partial<PagesParts> {
  readonly proxyLines?: readonly string[];
  readonly store?: NonNullable<VisitorsOptions['store']>;
}

export function ladder({ proxyLines = [], store, ...parts }: LadderOptions = {}) {
  const session = openTargets({ allow: ['127.0.0.1'] });
  const servers = parseProxies(proxyLines.join('\n'), 'proxies');
  const proxies = new Proxies({ servers, probeEvery: 0 });
  const identities = new Identities();
  const visitors = new Visitors({ proxies, identities, ...(store && { store }) });
  const pages = new Pages({
    http: new HttpEngine({ session }),
    ...{ judge, robots: new Robots({ session }), hosts: new Hosts(), visitors, proxies },
    ...parts,
  });
  return {
    ...{ pages, proxies, visitors, identities, session },
    get: (request: Parameters<Pages['get']>[0], options: Partial<Parameters<Pages['get']>[1]> = {}) =>
      pages.get(request, { signal: new AbortController().signal, ...options }),
    async [Symbol.asyncDispose]() {
      await pages.close();
      await visitors.close();
      proxies.close();
      await session.close({ grace: 0 });
    },
  };
}

/** A browser that answers each visit as it is told. */
export function playBrowser(play: Engine['visit']): Engine {
  return { name: 'browser', visit: play };
}
