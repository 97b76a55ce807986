// What a proxy's own status means, whether it refuses a tunnel or answers in place of the target.
import { ProxyError } from '../errors.js';
import type { ProxyRoute } from './route.js';

/** The proxy's own answer to the question for a target. */
export function proxyRefusal(proxy: ProxyRoute, status: number, target: string): ProxyError {
  const { show } = proxy;
  // 401 is what some proxies say to a wrong password.
  if (status === 407 || status === 401) {
    const message =
      proxy.username === undefined
        ? `the proxy ${show} asks for a username and a password (${status})`
        : `the proxy ${show} does not accept the username and the password (${status})`;
    return new ProxyError('credentials', message, { status, retryable: false });
  }
  if (status === 400 || status === 404 || status === 405 || status === 501) {
    const message = `the proxy ${show} does not tunnel to ${target} (${status}); is it a proxy?`;
    return new ProxyError('not-a-proxy', message, { status, retryable: false });
  }
  if (status >= 500) {
    return new ProxyError('target', `the proxy ${show} could not connect to ${target} (${status})`, { status });
  }
  return new ProxyError('target', `the proxy ${show} refuses to connect to ${target} (${status})`, {
    status,
    retryable: false,
  });
}
