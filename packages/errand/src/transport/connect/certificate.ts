// Whether a certificate that the chain of trust accepts is good enough for us: it names the host where hosts are to be
// named, and is one of those that are pinned.
import { createHash, X509Certificate } from 'node:crypto';
import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls';

/** Certificates of a chain that are looked at. */
const maxChain = 10;

/** What is wrong with the certificate's names; undefined where they fit. A common name is no name of a host. */
export function nameProblem(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined) {
    return new Error('the certificate names no host in its subjectAltName; a common name alone does not count');
  }
  return checkServerIdentity(host, certificate);
}

/** `sha256/…` of the certificate's public key, as pins are written. */
export function pinOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

/**
 * Whether the chain that the server showed contains a pinned key. Only certificates that really signed the one below
 * count: a server may send along what it likes.
 */
export function isPinned(peer: DetailedPeerCertificate, pins: ReadonlySet<string>): boolean {
  let certificate = new X509Certificate(peer.raw);
  let details = peer;
  for (let depth = 0; depth < maxChain; depth++) {
    if (pins.has(pinOf(certificate))) return true;
    const above = details.issuerCertificate;
    if (above === undefined || above === details) return false;
    const issuer = new X509Certificate(above.raw);
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
    certificate = issuer;
    details = above;
  }
  return false;
}
