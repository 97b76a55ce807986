// Subresource integrity (W3C SRI): whether a body is the one that was meant. Metadata that names no known digest asks for
// nothing.
import { createHash } from 'node:crypto';

const strengths = ['sha256', 'sha384', 'sha512'];

/** Whether the bytes are what the metadata says; its strongest kind of digest counts. */
export function matchesIntegrity(bytes: Uint8Array, metadata: string): boolean {
  const digests = metadata
    .split(/\s+/)
    .map((each) => /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/i.exec(each))
    .filter((match) => match !== null)
    .map(([, kind, digest]) => ({
      kind: (kind as string).toLowerCase(),
      digest: Buffer.from(digest as string, 'base64'),
    }));
  const strongest = Math.max(...digests.map(({ kind }) => strengths.indexOf(kind)));
  return (
    digests.length === 0 ||
    digests.some(
      ({ kind, digest }) => kind === strengths[strongest] && createHash(kind).update(bytes).digest().equals(digest),
    )
  );
}
