// What an answer is, judged by its status, headers and body alone.

export type VerdictKind = 'page' | 'rate' | 'block' | 'captcha' | 'challenge' | 'shell';

export interface Verdict {
  readonly kind: VerdictKind;
  /** 'cloudflare', 'datadome', …; `undefined` where it is nobody's. */
  readonly vendor: string | undefined;
  /** From 0 to 1. */
  readonly confidence: number;
  /** What was seen, in words for people: `cf-mitigated: challenge`. */
  readonly evidence: readonly string[];
  /** What may help: the same again later, another proxy and identity, a browser, a person; or nothing. */
  readonly retry: 'same' | 'rotate' | 'browser' | 'human' | 'never';
}
