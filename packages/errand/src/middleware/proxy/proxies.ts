// Which of several proxies carries the next request, and which ones rest after a failure. A mechanism without sockets and
// clocks: it is told what happened and what time it is.
import type { ProxyRoute } from '../../core/route.js';

/** `per-request`: in turn; `sticky`: a host keeps its proxy; `until-failure`: all by one, until that fails. */
export type Rotation = 'per-request' | 'sticky' | 'until-failure';

export interface ProxiesOptions {
  readonly routes: readonly ProxyRoute[];
  readonly rotate: Rotation;
  /** Milliseconds that a proxy rests after a failure. */
  readonly cooldown: number;
}

interface Member {
  readonly route: ProxyRoute;
  restsUntil: number;
}

export class Proxies {
  readonly #members: readonly Member[];
  readonly #rotate: Rotation;
  readonly #cooldown: number;
  /** The member whose turn it is. */
  #turn = 0;

  /** There is at least one route. */
  constructor({ routes, rotate, cooldown }: ProxiesOptions) {
    this.#members = routes.map((route) => ({ route, restsUntil: 0 }));
    this.#rotate = rotate;
    this.#cooldown = cooldown;
  }

  /** The proxy for a request to `host`. Where all of them rest, the one that will be back first. */
  choose(host: string, now: number): ProxyRoute {
    const member = this.#rotate === 'sticky' ? this.#stickyTo(host, now) : this.#inTurn(now);
    return (member ?? this.#backFirst()).route;
  }

  #inTurn(now: number): Member | undefined {
    const count = this.#members.length;
    for (let step = 0; step < count; step++) {
      const index = (this.#turn + step) % count;
      const member = this.#members[index] as Member;
      if (member.restsUntil > now) continue;
      this.#turn = this.#rotate === 'per-request' ? (index + 1) % count : index;
      return member;
    }
    return undefined;
  }

  /** Rendezvous hashing: a host moves only when its own proxy rests, and comes back to it. */
  #stickyTo(host: string, now: number): Member | undefined {
    let best: Member | undefined;
    let bestWeight = -1;
    for (const member of this.#members) {
      if (member.restsUntil > now) continue;
      const weight = hash(`${host} ${member.route.show}`);
      if (weight > bestWeight) {
        best = member;
        bestWeight = weight;
      }
    }
    return best;
  }

  #backFirst(): Member {
    return this.#members.reduce((first, member) => (member.restsUntil < first.restsUntil ? member : first));
  }

  failed(route: ProxyRoute, now: number): void {
    for (const member of this.#members) if (member.route === route) member.restsUntil = now + this.#cooldown;
  }

  succeeded(route: ProxyRoute): void {
    for (const member of this.#members) if (member.route === route) member.restsUntil = 0;
  }
}

/** FNV-1a, and a mixing so that names that differ in one letter spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
