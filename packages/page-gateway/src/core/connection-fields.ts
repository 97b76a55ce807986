// Fields that belong to one connection, and mean nothing to whoever is behind the next one.

/** RFC 9110 7.6.1. Lower case. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Those, and what a client makes of the message itself: not a caller's to say. */
export const notForwarded: ReadonlySet<string> = new Set([
  ...hopByHop,
  'content-length',
  'expect',
  'host',
  'http2-settings',
]);
