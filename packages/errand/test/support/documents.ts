// Responses without a network, for tests of the readings: a body, a Content-Type, and a call that has ended as it has for
// whoever holds a response.
import { Call, type CallInit } from '../../src/core/call.js';
import { HttpResponse, type Readings } from '../../src/core/response.js';
import { policyOf } from './scripted.js';

interface Given extends Partial<Omit<CallInit, 'readings' | 'url'>> {
  readonly status?: number;
  readonly url?: string;
}

export function responseOf(
  readings: Readings,
  body: string | Uint8Array,
  contentType?: string,
  { status = 200, url = 'http://host.test/document', ...given }: Given = {},
): HttpResponse {
  const location = new URL(url);
  const call = new Call({ method: 'GET', url: location, policy: policyOf(), streaming: false, ...given, readings });
  call.begin();
  call.end();
  const fields = contentType === undefined ? {} : { 'content-type': contentType };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return new HttpResponse({ status, statusText: '', fields, body: bytes, url: location }, call);
}

/** What the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
