// Which identity goes with which request: one for the session, for each host or for each call, and never more of them kept
// than are in use of late.
import type { Call } from '../../core/call.js';
import type { IdentityOptions } from '../../core/policy.js';
import type { HttpRequest } from '../../core/request.js';
import { hostOf } from '../../core/url.js';
import { requireOptional } from '../../kit/optional-package.js';
import { draw, type Generator, type Identity } from './draw.js';

/** Hosts whose identities are kept; the one that was asked longest ago is forgotten first. */
const keptHosts = 1_000;

export class Identities {
  readonly #codings: string;
  readonly #load: () => Generator;
  #generator: Generator | undefined;
  readonly #sessions = new Map<string, Identity>();
  readonly #hosts = new Map<string, Identity>();
  readonly #calls = new WeakMap<Call, Identity>();

  /** @param codings What this program can undo, as Accept-Encoding names it. */
  constructor(codings: string, load: () => Generator = loadGenerator) {
    this.#codings = codings;
    this.#load = load;
  }

  /** @throws TypeError where header-generator is not installed. */
  of(request: HttpRequest, wanted: IdentityOptions): Identity {
    const key = `${wanted.browser} ${wanted.platform} ${wanted.device} ${wanted.locale}`;
    if (wanted.sticky === 'request') return this.#ofCall(request.call, wanted);
    if (wanted.sticky === 'host') return this.#ofHost(`${key} ${hostOf(request.url)}`, wanted);
    let identity = this.#sessions.get(key);
    if (identity === undefined) {
      identity = this.#draw(wanted);
      remember(this.#sessions, key, identity);
    }
    return identity;
  }

  #ofHost(key: string, wanted: IdentityOptions): Identity {
    const identity = this.#hosts.get(key) ?? this.#draw(wanted);
    // Last in the map is asked last.
    this.#hosts.delete(key);
    remember(this.#hosts, key, identity);
    return identity;
  }

  #ofCall(call: Call, wanted: IdentityOptions): Identity {
    let identity = this.#calls.get(call);
    if (identity === undefined) {
      identity = this.#draw(wanted);
      this.#calls.set(call, identity);
    }
    return identity;
  }

  #draw(wanted: IdentityOptions): Identity {
    this.#generator ??= this.#load();
    return draw(this.#generator, wanted, this.#codings);
  }
}

function remember(kept: Map<string, Identity>, key: string, identity: Identity): void {
  kept.set(key, identity);
  if (kept.size <= keptHosts) return;
  for (const [oldest] of kept) {
    kept.delete(oldest);
    return;
  }
}

let loaded: Generator | undefined;

/** @throws TypeError where header-generator is not installed. */
export function loadGenerator(): Generator {
  if (loaded !== undefined) return loaded;
  let generators: { HeaderGenerator: new () => Generator };
  try {
    generators = requireOptional('header-generator');
  } catch (cause) {
    throw new TypeError("identity: needs the package 'header-generator' (npm install header-generator)", { cause });
  }
  loaded = new generators.HeaderGenerator();
  return loaded;
}
