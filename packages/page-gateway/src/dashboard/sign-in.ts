// Who has signed in: a cookie that names a key and an end, signed with the service's secret. The key itself is never in it,
// and is looked at again with every question: one that is revoked, or no admin's any more, opens nothing.
import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';
import { Bucket } from '../keys/bucket.js';
import { callerOf, mustHave } from '../server/access.js';
import type { Caller, KeyDoor } from '../server/parts.js';
import type { Awaitable } from '../store/key-store.js';
import { ownHeader } from './protocol.js';

export interface SignInParts {
  readonly keys: KeyDoor & {
    /** The key as it is now. */
    keyOf(id: string): Promise<(Caller & { readonly revoked: number | undefined }) | undefined>;
  };
  /** Remembers who signed out, until it makes no difference any more. */
  readonly signedOut: {
    load(id: string): Awaitable<string | undefined>;
    save(id: string, state: string, expires: number): Awaitable<void>;
  };
  readonly secret: string;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

const cookieName = 'page_gateway_dashboard';
const lifetime = 12 * 3_600_000;
/** Tries to sign in, from one address and in all, in a minute. */
const tries = { each: 10, all: 60 };
const mostAddresses = 1_000;

interface Ticket {
  readonly id: string;
  readonly key: string;
  readonly expires: number;
}

export class SignIn {
  readonly #parts: SignInParts;
  readonly #now: () => number;
  readonly #addresses = new Map<string, Bucket>();
  readonly #all: Bucket;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => Date.now());
    this.#all = new Bucket(tries.all, this.#now());
  }

  async prepare(app: FastifyInstance): Promise<void> {
    await app.register(cookie, { secret: this.#parts.secret });
  }

  /** @throws Problem where the question does not come from our own page. */
  mustBeOurs({ headers }: FastifyRequest): void {
    const site = headers['sec-fetch-site'];
    const foreign = site !== undefined && site !== 'same-origin';
    const { origin, host } = headers;
    const elsewhere = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
    if (headers[ownHeader] !== undefined && !foreign && !elsewhere) return;
    throw new Problem('scope', `Only the dashboard's own page may ask this: it sends ${ownHeader}.`);
  }

  /** @throws Problem bad_key where nobody has signed in. */
  async caller(request: FastifyRequest): Promise<Caller> {
    if (this.#parts.keys.open) return callerOf(request, this.#parts);
    const known = await this.#known(request);
    if (known === undefined) throw new Problem('bad_key', 'Sign in with a key that has the scope admin.');
    request.caller = known;
    return known;
  }

  /** @throws Problem bad_key, scope, or rate_limited. */
  async enter(secret: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    if (this.#parts.keys.open) return callerOf(request, this.#parts);
    this.#mayTry(request.ip);
    const caller = await this.#parts.keys.identify(secret);
    mustHave('admin', caller);
    const expires = this.#now() + lifetime;
    const value = [randomBytes(12).toString('base64url'), caller.id, expires].join('.');
    reply.setCookie(cookieName, value, { ...attributesFor(request), maxAge: lifetime / 1000 });
    return caller;
  }

  async leave(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ticket = this.#read(request);
    if (ticket !== undefined) await this.#parts.signedOut.save(signedOutId(ticket), '', ticket.expires);
    reply.clearCookie(cookieName, attributesFor(request));
  }

  async #known(request: FastifyRequest): Promise<Caller | undefined> {
    const ticket = this.#read(request);
    if (ticket === undefined) return undefined;
    const { keys, signedOut } = this.#parts;
    const [left, key] = await Promise.all([signedOut.load(signedOutId(ticket)), keys.keyOf(ticket.key)]);
    return left === undefined && key !== undefined && key.revoked === undefined && key.scopes.includes('admin')
      ? key
      : undefined;
  }

  #read(request: FastifyRequest): Ticket | undefined {
    const { valid, value } = request.unsignCookie(request.cookies[cookieName] ?? '');
    const [id, key, until] = valid ? (value ?? '').split('.') : [];
    const expires = Number(until);
    return id !== undefined && key !== undefined && expires > this.#now() ? { id, key, expires } : undefined;
  }

  #mayTry(address: string): void {
    const now = this.#now();
    let own = this.#addresses.get(address);
    if (own === undefined) {
      own = new Bucket(tries.each, now);
      this.#addresses.set(address, own);
      if (this.#addresses.size > mostAddresses) this.#addresses.delete(this.#addresses.keys().next().value as string);
    }
    const wait = own.take(now) || this.#all.take(now);
    if (wait === 0) return;
    const retryAfter = Math.ceil(wait / 1000);
    throw new Problem('rate_limited', `Too many tries to sign in: try again in ${retryAfter} s.`, { retryAfter });
  }
}

function signedOutId({ id }: Ticket): string {
  return `dashboard\n${id}`;
}

/** Behind something that speaks TLS for us the cookie goes back by TLS only; claiming so can only make it stricter. */
function attributesFor({ headers, protocol }: FastifyRequest) {
  const secure = protocol === 'https' || headers['x-forwarded-proto'] === 'https';
  return { path: '/', httpOnly: true, sameSite: 'strict', signed: true, secure } as const;
}
