// One browser as a site sees it. Plain HTTP and Chromium wear the same one, so that nothing that a site compares differs.

export interface Identity {
  /** Short and stable, for logs and `X-Gateway-Identity`: 'chrome-126-windows-9f3a'. */
  readonly id: string;
  readonly browser: 'chrome' | 'firefox' | 'safari' | 'edge';
  readonly version: string;
  readonly platform: 'windows' | 'macos' | 'linux' | 'android' | 'ios';
  readonly mobile: boolean;
  readonly userAgent: string;
  /** BCP 47, the first of `accept-language`. */
  readonly locale: string;
  readonly viewport: { readonly width: number; readonly height: number; readonly scale: number };
  /** What `navigator.userAgentData` says; `undefined` for browsers that have none. */
  readonly hints: ClientHints | undefined;
  /** The fields of a first navigation, in the browser's own order; without `host`, `connection` and cookies. */
  headersFor(target: URL): ReadonlyArray<readonly [name: string, value: string]>;
}

export interface ClientHints {
  readonly brands: ReadonlyArray<{ readonly brand: string; readonly version: string }>;
  readonly fullVersionList: ReadonlyArray<{ readonly brand: string; readonly version: string }>;
  readonly platform: string;
  readonly platformVersion: string;
  readonly architecture: string;
  readonly bitness: string;
  readonly model: string;
  readonly mobile: boolean;
}
