// What a receiver of callbacks does before it believes one: the signature is that of the secret which came with the job, and it
// is not an old one sent again.
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * @param header `X-Errand-Signature`: `t=<unix seconds>,v1=<hex>`.
 * @param body As it came, before it is parsed.
 * @param secret `callback_secret` of the 202 that took the job in.
 * @param tolerance Seconds that clocks may differ.
 */
export function isGenuine(
  header: string | undefined,
  body: string | Uint8Array,
  secret: string,
  tolerance = 300,
): boolean {
  const [, time, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (time === undefined || signature === undefined) return false;
  if (Math.abs(Date.now() / 1000 - Number(time)) > tolerance) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
