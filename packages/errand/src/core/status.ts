// What statuses mean for the message that they stand in.

/** Statuses that point elsewhere (RFC 9110 15.4); 300 and 304 do not. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Whether a response ends with its head (RFC 9112 6.3, rule 1). */
export function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
