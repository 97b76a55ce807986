// The secret of a key: made, shown once, and known from then on by its hash alone.
import { createHash, randomBytes } from 'node:crypto';

export const secretPrefix = 'pgk_';

/** 256 random bits: nobody can guess them, so a fast hash protects them as well as a slow one would. */
export function makeSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64url');
}

/** Comparing hashes by an index tells nothing of a secret by its timing. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function makeKeyId(): string {
  return `key_${randomBytes(6).toString('hex')}`;
}
