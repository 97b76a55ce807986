// The way out that was chosen for a request: directly, or through a proxy.

/** A proxy, ready to be used. `show` is its address as it may be shown: without credentials. */
export interface ProxyRoute {
  readonly kind: 'http' | 'https' | 'socks5' | 'socks5h';
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly show: string;
  /** An HTTP proxy is asked for a tunnel (CONNECT) to plain http targets too, instead of being told their URLs. */
  readonly tunnel?: boolean;
}

/** Whether an HTTP proxy is told the whole URL in each request's own line (RFC 9112 3.2.2): there is no tunnel then. */
export function inAbsoluteForm(route: ProxyRoute | undefined, protocol: string): boolean {
  return protocol === 'http:' && (route?.kind === 'http' || route?.kind === 'https') && route.tunnel !== true;
}
