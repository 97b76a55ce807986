// Errors in words for people.
import { explain } from '@errand/discord';
import {
  AbortError,
  BlockedAddressError,
  BodyError,
  BodyTooLargeError,
  CircuitOpenError,
  ConnectError,
  ConnectionError,
  ContentTypeError,
  DecodeError,
  DisconnectedError,
  DnsError,
  ErrandError,
  ParseError,
  ProtocolError,
  ProxyError,
  QueueFullError,
  RateLimitError,
  RedirectError,
  RefusedError,
  SessionClosedError,
  TimeoutError,
  TlsError,
  ValidationError,
} from 'errand';
import { describe, expect, it } from 'vitest';
import { languages } from '../src/languages/index.js';
import { Notice } from '../src/notice.js';

const soon = new Date(Date.now() + 12_500);
const family: ErrandError[] = [
  new DnsError('getaddrinfo ENOTFOUND intranet.example'),
  new ConnectError('connect ECONNREFUSED 10.0.0.1:80', { addresses: ['10.0.0.1'] }),
  new TlsError('self-signed certificate'),
  new ProxyError('credentials', 'proxy.internal:3128 said 407', { status: 407 }),
  new DisconnectedError('read ECONNRESET'),
  new TimeoutError('headers', 10_000),
  new TimeoutError('queue', 10_000),
  new ProtocolError('HPE_INVALID_CONSTANT'),
  new RedirectError('loop', 'https://secret.example/?token=abc leads to itself'),
  new BodyTooLargeError(10_485_760),
  new DecodeError('incorrect header check'),
  new ContentTypeError('application/json', 'text/html'),
  new ParseError('Unexpected token <', { line: 1, column: 1, excerpt: '<html>' }),
  new ValidationError([{ message: 'Expected string' }]),
  new BlockedAddressError('169.254.169.254', 'link-local'),
  new CircuitOpenError('api.example:443', soon),
  new QueueFullError(10_000),
  new RateLimitError('api.example:443', soon),
  new AbortError(new Error('secret reason')),
  new SessionClosedError(),
  new ErrandError('some ERRAND thing'),
  new ConnectionError('some connection'),
  new BodyError('some body'),
  new RefusedError('some refusal'),
];

function httpError(status: number): unknown {
  return Object.assign(new ErrandError(`the response status is ${status}`), { code: 'ERRAND_HTTP_STATUS', status });
}

describe('explain', () => {
  it.each(Object.keys(languages))(
    'has a sentence for every error of the family, in %s, without internals',
    (locale) => {
      for (const error of [
        ...family,
        ...[400, 401, 403, 404, 408, 410, 413, 418, 429, 451, 500, 503, 504].map(httpError),
      ]) {
        const sentence = explain(error, locale);
        expect(sentence).toMatch(/[.。]$/);
        expect(sentence.length).toBeGreaterThan(10);
        expect(sentence.length).toBeLessThan(400);
        expect(sentence).not.toMatch(/[{}]|undefined|ERRAND|E[A-Z]{4,}|\d{3}|10\.0|secret|internal|Error/);
      }
    },
  );

  it('says different things about different errors', () => {
    const sentences = new Set(family.slice(0, 20).map((error) => explain(error, 'en')));
    // Three kinds of unreadable bodies share one sentence, busy is both queue and full, and so on.
    expect(sentences.size).toBeGreaterThanOrEqual(15);
    const statuses = [404, 403, 429, 503, 400].map((status) => explain(httpError(status)));
    expect(new Set(statuses).size).toBe(5);
  });

  it('has the same sentences in every language, none left out, none copied', () => {
    const keys = Object.keys(languages.en!).sort();
    for (const [code, sentences] of Object.entries(languages)) {
      expect(Object.keys(sentences).sort()).toEqual(keys);
      for (const key of keys as Array<keyof typeof sentences>) {
        const holes = (text: string) => text.match(/\{\w+\}/g) ?? [];
        expect(holes(sentences[key])).toEqual(holes(languages.en![key]));
        if (code !== 'en') expect(sentences[key]).not.toBe(languages.en![key]);
      }
    }
  });

  it.each([
    ['en-GB', 'en'],
    ['en-US', 'en'],
    ['pt-BR', 'pt'],
    ['es-ES', 'es'],
    ['es-419', 'es'],
    ['de', 'de'],
    ['ja', 'ja'],
    ['FR', 'fr'],
    ['ko', 'en'],
    ['constructor', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('understands the locale %s', (locale, language) => {
    expect(explain(family[0], locale)).toBe(languages[language]!.dns);
  });

  it('says when to come back, in the language', () => {
    expect(explain(new CircuitOpenError('h', soon), 'en')).toContain('in 13 seconds');
    expect(explain(new CircuitOpenError('h', soon), 'de')).toContain('in 13 Sekunden');
    expect(explain(new RateLimitError('h', new Date(Date.now() + 3_600_000)), 'fr')).toContain('dans 60 minutes');
    expect(explain(new RateLimitError('h', new Date(0)), 'en')).not.toContain('ago');
    expect(explain(new Notice('cooldown', '', soon), 'ja')).toContain('13 秒');
  });

  it('looks into causes', () => {
    expect(explain(new TypeError('fetch failed', { cause: new DnsError('x') }))).toBe(languages.en!.dns);
    expect(explain(new AbortError(new Notice('restarting', 'stopping')))).toBe(languages.en!.restarting);
    expect(explain(new AbortError(new DOMException('late', 'TimeoutError')))).toBe(languages.en!.timeout);
    const circular = new Error('a');
    circular.cause = circular;
    expect(explain(circular)).toBe(languages.en!.unknown);
  });

  it('knows a bad URL, and has something to say about anything', () => {
    let bad: unknown;
    try {
      new URL('no url');
    } catch (error) {
      bad = error;
    }
    expect(explain(bad)).toBe(languages.en!.badUrl);
    for (const odd of [undefined, null, 'text', 42, {}, new Error('x'), Symbol('s')]) {
      expect(explain(odd)).toBe(languages.en!.unknown);
    }
  });
});
