// The TLS handshake over a connected socket, and the judgement of the certificate. A socket that comes out of here is
// authenticated for the name that was asked, or the session has said that it does not care.
import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { TlsError } from '../../errors.js';
import { isPinned, nameProblem } from './certificate.js';
import type { Scope } from './scope.js';
import type { TlsSettings } from './tls-settings.js';

/** How to secure a socket. */
export interface Handshake {
  /** The name that the certificate must be for, as {@link plainHost} gives it. */
  readonly host: string;
  readonly port: number;
  readonly context: SecureContext;
  readonly settings: TlsSettings;
  /** Whether the session's pins hold for this peer. */
  readonly pinned: boolean;
  readonly protocols: readonly string[];
}

/** @throws TlsError */
export async function secure(scope: Scope, socket: Socket, handshake: Handshake): Promise<TLSSocket> {
  const { host, port, settings, context } = handshake;
  const peer = `${host}:${port} ${handshake.protocols.join()}${handshake.pinned ? '' : ' proxy'}`;
  const session = settings.session(peer);
  const secured = scope.own(
    connect({
      socket,
      host,
      // SNI has no addresses (RFC 6066); the certificate is checked against the address all the same.
      servername: isIP(host) === 0 ? host : '',
      secureContext: context,
      rejectUnauthorized: settings.rejectUnauthorized,
      ALPNProtocols: [...handshake.protocols],
      checkServerIdentity: (_name, certificate) => nameProblem(host, certificate),
      ...(session !== undefined && { session }),
    }),
  );
  scope.release(socket);
  // TLS 1.2 gives its session before the certificate is judged, TLS 1.3 some time afterwards.
  let keep: ((session: Buffer) => void) | undefined;
  let early: Buffer | undefined;
  secured.on('session', (given) => {
    if (keep === undefined) early = given;
    else keep(given);
  });
  try {
    await shaken(scope, secured, host, port);
  } catch (error) {
    settings.forgetSession(peer);
    secured.destroy();
    throw error;
  }
  if (handshake.pinned && settings.pins.size > 0 && !secured.isSessionReused()) {
    if (!isPinned(secured.getPeerCertificate(true), settings.pins)) {
      secured.destroy();
      throw new TlsError(`none of the keys of ${host}'s certificates is pinned (tls.pin)`);
    }
  }
  keep = (given) => settings.keepSession(peer, given);
  if (early !== undefined) keep(early);
  return secured;
}

function shaken(scope: Scope, socket: TLSSocket, host: string, port: number): Promise<void> {
  return scope.wait((resolve, reject) => {
    const failed = (error: Error) => reject(handshakeError(host, port, error));
    const closed = () => failed(new Error('the connection was closed'));
    socket.once('secureConnect', resolve);
    socket.once('error', failed);
    socket.once('close', closed);
    return () => {
      socket.off('secureConnect', resolve);
      socket.off('error', failed);
      socket.off('close', closed);
    };
  });
}

const certificateTexts: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted',
  CERT_REVOKED: 'its certificate is revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};
const closedCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function handshakeError(host: string, port: number, error: Error): TlsError {
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const name = `${host}:${port}`;
  const known = certificateTexts[code];
  if (known !== undefined) return new TlsError(`${name} is not trusted: ${known} (${code})`, { cause: error });
  if (code === 'UNSPECIFIED' || code === '') {
    const broken = error.message === 'the connection was closed';
    return new TlsError(
      broken ? `${name} closed the connection during the TLS handshake` : `${name} is not trusted: ${error.message}`,
      { cause: error, retryable: broken },
    );
  }
  if (closedCodes.has(code)) {
    return new TlsError(`${name} closed the connection during the TLS handshake (${code})`, {
      cause: error,
      retryable: true,
    });
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return new TlsError(`${name} does not speak TLS as we do; is it plain http? (${code})`, { cause: error });
  }
  return new TlsError(`the TLS handshake with ${name} failed (${code})`, { cause: error });
}
