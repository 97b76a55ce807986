// The session's `tls` option made ready once: one secure context for all its connections, the pins, and the TLS sessions
// that shorten later handshakes. What cannot work is a TypeError when the session is made, not an error of each request.
import { X509Certificate } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls';

/** The contract's `tls` option. */
export interface TlsOptions {
  /** Authorities to trust in place of the ones that Node brings (and `NODE_EXTRA_CA_CERTS` adds). */
  ca?: string | Buffer | Array<string | Buffer>;
  /** A certificate to show to servers that ask for one, with its chain, in PEM. */
  cert?: string | Buffer;
  /** The key of `cert`, in PEM. */
  key?: string | Buffer;
  /** The name that is asked for and checked in place of the URL's host. */
  servername?: string;
  /** `false` takes any certificate: whoever is in between can read and change everything. @default true */
  rejectUnauthorized?: boolean;
  /** `'sha256/…'`, the base64 of the SHA-256 of a public key (SPKI): one certificate of the chain must have one of them. */
  pin?: string[];
}

/** TLS sessions that are remembered. */
const maxSessions = 256;
/**
 * The level of security at which OpenSSL itself refuses RSA and DH below 2048 bits, curves below 224 bits and SHA-1
 * signatures, anywhere in the chain.
 */
const ciphers = `${DEFAULT_CIPHERS}:@SECLEVEL=2`;

let warned = false;

export class TlsSettings {
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean;
  /** Base64 digests; empty: no pinning. */
  readonly pins: ReadonlySet<string>;
  readonly #options: TlsOptions;
  readonly #sessions = new Map<string, Buffer>();
  #context: SecureContext | undefined;
  #proxyContext: SecureContext | undefined;

  /** @throws TypeError naming the option that cannot be used. */
  constructor(options: TlsOptions = {}) {
    this.#options = options;
    this.servername = options.servername;
    this.rejectUnauthorized = options.rejectUnauthorized ?? true;
    this.pins = new Set((options.pin ?? []).map(readPin));
    if ((options.cert === undefined) !== (options.key === undefined)) {
      throw new TypeError('tls: cert and key go together');
    }
    if (options.ca !== undefined || options.cert !== undefined) this.#context = this.#createContext();
    if (!this.rejectUnauthorized && !warned) {
      warned = true;
      process.emitWarning(
        'tls.rejectUnauthorized is false: certificates are not checked, and whoever is in between can read and change everything',
        { type: 'ErrandWarning', code: 'ERRAND_TLS_UNCHECKED' },
      );
    }
  }

  /** Made when first needed: reading the authorities takes some milliseconds. */
  get context(): SecureContext {
    this.#context ??= this.#createContext();
    return this.#context;
  }

  /** For the connection to a proxy: the same authorities; the session's own certificate is not shown to it. */
  get proxyContext(): SecureContext {
    if (this.#options.cert === undefined) return this.context;
    const { ca } = this.#options;
    this.#proxyContext ??= createSecureContext({ ciphers, ...(ca !== undefined && { ca }) });
    return this.#proxyContext;
  }

  #createContext(): SecureContext {
    const { ca, cert, key } = this.#options;
    try {
      // Node passes over authorities that it cannot read.
      for (const authority of [ca ?? []].flat()) new X509Certificate(String(authority));
      return createSecureContext({
        ciphers,
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
      });
    } catch (error) {
      throw new TypeError(`tls: ca, cert or key cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  session(peer: string): Buffer | undefined {
    return this.#sessions.get(peer);
  }

  /** Only sessions of connections whose certificate was accepted are kept. */
  keepSession(peer: string, session: Buffer): void {
    this.#sessions.delete(peer);
    if (this.#sessions.size >= maxSessions) this.#sessions.delete(this.#sessions.keys().next().value as string);
    this.#sessions.set(peer, session);
  }

  forgetSession(peer: string): void {
    this.#sessions.delete(peer);
  }
}

function readPin(pin: string): string {
  const digest = /^sha256\/([A-Za-z0-9+/]{43}=?)$/.exec(pin)?.[1];
  if (digest === undefined) {
    throw new TypeError(`tls.pin: expected 'sha256/' and the base64 of 32 bytes, got '${pin}'`);
  }
  return digest.endsWith('=') ? digest : `${digest}=`;
}
