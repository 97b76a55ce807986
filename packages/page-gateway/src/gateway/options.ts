// What a page gateway can be told. Every option's meaning, unit and default stands here; the flags of `page-gateway serve`
// are the same, with dashes.
import type { Duration } from 'errand';
import type { DestinationStream } from 'pino';
import type { Robots } from '../core/page-request.js';
import type { Solver } from '../ladder/captchas.js';
import type { LogLevel } from '../server/log.js';

export interface PageGatewayServiceOptions {
  /** Where to listen; 0 takes a free one, `false` does not listen at all: pages are asked for in this process only. @default 8787 @example 0 */
  readonly port?: number | false;
  /** The address to listen at. Anything but loopback needs a key first. @default '127.0.0.1' @example '0.0.0.0' */
  readonly host?: string;
  /**
   * The folder where keys, usage, sessions, jobs and copies are kept; made where it is not there.
   * @default page-gateway in the user's folder for data
   * @example './data'
   */
  readonly data?: string;
  /**
   * The Redis that this gateway and others share: limits, quotas, bans, sessions, copies, keys and jobs are those of all
   * of them; with `port: false`, keys and jobs stay its own. It must be there at the start, and may go and come back later.
   * @default none: this gateway is alone, and keeps everything in its folder
   * @example 'redis://127.0.0.1:6379'
   */
  readonly redis?: string;
  /**
   * A file with a proxy's URL a line (http, https or socks5), then its labels; or such lines as a list.
   * @default none: pages are asked for directly
   * @example ['http://user:pass@proxy.example:8080 country=de pool=premium id=de-1']
   */
  readonly proxies?: string | readonly string[];
  /**
   * Private targets that may be asked all the same: hosts, `host:port`, or CIDRs.
   * @default public addresses only
   * @example ['intranet:8080', '10.1.0.0/16']
   */
  readonly allow?: readonly string[];
  /** Pages under way at once at one host. @default 4 */
  readonly hostConcurrency?: number;
  /** Between the starts of two pages at one host. @default 0 @example '500ms' */
  readonly hostDelay?: Duration;
  /** What robots.txt counts for where a call does not say. @default 'obey' */
  readonly robotsDefault?: Robots;
  /** The browser that renders, or `'off'`. @default the one that is found @example '/usr/bin/chromium' */
  readonly chromium?: string;
  /** Pages rendered at once. @default by cores and memory */
  readonly renderConcurrency?: number;
  /** How much is logged. @default 'info' */
  readonly logLevel?: LogLevel;
  /** Where the log goes, as JSON lines. @default standard error */
  readonly logTo?: DestinationStream;
  /** Solves captchas for `on_captcha=solve`. @default none @example { solve: async (captcha) => ({ cookies: [await ask(captcha)] }) } */
  readonly solver?: Solver;
}
