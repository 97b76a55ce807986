// Whether a request really comes from Discord: its Ed25519 signature over time stamp and body, checked with WebCrypto.

const hex = /^(?:[0-9a-f]{2})+$/i;

/** Checks a signature (hex) over a time stamp and the raw body. Never throws on odd input. */
export type Verify = (signature: string | null, timestamp: string | null, body: Uint8Array) => Promise<boolean>;

/**
 * A check for the application's public key, as the developer portal shows it.
 * @throws TypeError where that is no Ed25519 key in hex.
 */
export function verifier(publicKey: string): Verify {
  if (typeof publicKey !== 'string' || publicKey.length !== 64 || !hex.test(publicKey)) {
    throw new TypeError(
      'publicKey: expected 64 hexadecimal digits; copy "Public Key" from the General Information page of your application',
    );
  }
  const algorithm = { name: 'Ed25519' };
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;
  return async (signature, timestamp, body) => {
    if (!signature || !timestamp || signature.length !== 128 || !hex.test(signature)) return false;
    key ??= crypto.subtle.importKey('raw', bytesOf(publicKey), algorithm, false, ['verify']);
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    return crypto.subtle.verify(algorithm, await key, bytesOf(signature), signed);
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
