// A page as programs get it, whether it came over HTTP or from the gateway in this process.
import { decodeText } from 'errand';

export interface PageFacts {
  /** The target's own. */
  readonly status: number;
  /** After redirects. */
  readonly url: string;
  /** The target's own, as far as they are passed on. */
  readonly headers: Headers;
  /** What the answer's body is: that of the format that was asked for. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** How many tries it took. */
  readonly attempts: number;
  readonly engine: 'http' | 'browser';
  /** Who went. */
  readonly identity: string;
  /** The id of the proxy; `undefined`: directly. */
  readonly proxy: string | undefined;
  readonly session: string | undefined;
  readonly cache: 'hit' | 'miss';
  /** A challenge that is returned as it is (`onCaptcha: 'return'`). */
  readonly blocked: boolean;
  /** What robots.txt says of it. */
  readonly robots: 'allowed' | 'disallowed' | 'ignored';
  readonly truncated: boolean;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly requestId: string;
  readonly meta: unknown;
}

export interface PageResult extends PageFacts {
  /** The body as text: HTML, Markdown, plain text or JSON, by the format. */
  readonly text: string;
  /** The same, for what is read as HTML. */
  readonly html: string;
  /** The body of `format: 'json'`, `'links'` and `extractRules`. @throws SyntaxError where it is no JSON. */
  json<T = unknown>(): T;
}

export function pageResult(facts: PageFacts): PageResult {
  let text: string | undefined;
  const read = (): string => {
    text ??= decodeText(facts.bytes, facts.contentType);
    return text;
  };
  return {
    ...facts,
    get text() {
      return read();
    },
    get html() {
      return read();
    },
    json: <T>() => JSON.parse(read()) as T,
  };
}
