/**
 * Faults on order, as Discord has them: what the next requests get instead of an answer, how long acknowledgements
 * stall. Holds only the orders; REST and the gateway carry them out.
 */
export type PathMatcher = (method: string, path: string) => boolean;

interface RateLimitFault {
  readonly kind: 'rate-limit';
  /** Milliseconds. */
  readonly retryAfter: number;
  readonly global: boolean;
}
interface StatusFault {
  readonly kind: 'status';
  /** 0: the connection is reset. */
  readonly status: number;
}
export type RestFault = RateLimitFault | StatusFault;

interface Order {
  readonly fits: PathMatcher;
  readonly fault: RestFault;
  left: number;
}

export class RestFaults {
  #orders: Order[] = [];
  #stall = 0;

  get stall(): number {
    return this.#stall;
  }

  rateLimit(route: string, retryAfter: number, times = 1): void {
    const global = route === 'global';
    const fits = global ? () => true : routeMatcher(route);
    this.#order(fits, { kind: 'rate-limit', retryAfter: amount('retryAfter', retryAfter), global }, times);
  }

  stallCallbacks(ms: number): void {
    this.#stall = amount('ms', ms);
  }

  failRest(status: number, times = 1): void {
    if (!Number.isInteger(status) || (status !== 0 && (status < 400 || status > 599))) {
      throw new RangeError(`failRest: status must be 400 to 599, or 0 for a reset connection; it is ${status}`);
    }
    this.#order(() => true, { kind: 'status', status }, times);
  }

  /** What this request is to suffer, if anything; each order is used up by it. */
  next(method: string, path: string): RestFault | undefined {
    const order = this.#orders.find((each) => each.fits(method, path));
    if (!order) return undefined;
    order.left -= 1;
    if (order.left <= 0) this.#orders = this.#orders.filter((each) => each !== order);
    return order.fault;
  }

  #order(fits: PathMatcher, fault: RestFault, times: number): void {
    const left = amount('times', times);
    if (left > 0) this.#orders.push({ fits, fault, left });
  }
}

/** `METHOD /path` or `/path`; `:name` stands for one segment; the beginning of a path is enough. */
export function routeMatcher(route: string): PathMatcher {
  const match = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(route.trim());
  if (!match) throw new TypeError(`rateLimit: route must be 'METHOD /path', '/path' or 'global'; it is '${route}'`);
  const method = match[1]?.toUpperCase();
  const wanted = segments(match[2]!.replace(/^\/api(?:\/v\d+)?(?=\/|$)/, ''));
  return (actual, path) => {
    if (method !== undefined && method !== actual) return false;
    const given = segments(path);
    return wanted.every((segment, index) =>
      segment.startsWith(':') ? given[index] !== undefined : segment === given[index],
    );
  };
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function amount(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new RangeError(`faults: ${name} must be a number of 0 or more; it is ${value}`);
}
