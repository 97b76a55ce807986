// One identity, drawn from what real browsers send: coherent, as a first navigation has it, and no more than this program
// can keep its word on. The generator is somebody else's package, loaded when the first identity is drawn.
import type { HeaderGenerator } from 'header-generator';
import type { FieldList } from '../../core/headers.js';
import { type Story, storyOf } from './coherence.js';
import { type Browser, choicesOf, type Device, type Wanted } from './options.js';

/** header-generator's, as far as it is needed here. */
export type Generator = Pick<HeaderGenerator, 'getHeaders'>;
type Options = NonNullable<Parameters<Generator['getHeaders']>[0]>;

/** Older ones are rare enough to be conspicuous. */
const minVersion: Record<Browser, number> = { chrome: 130, edge: 130, firefox: 130, safari: 17 };
/** Draws that may be thrown away. */
const patience = 64;

/** Fields of one identity, in its browser's order and case. Secure ones go to trustworthy origins only. */
export interface Identity extends Story {
  readonly secure: FieldList;
  readonly plain: FieldList;
  readonly locale: string;
}

/**
 * @param codings What this program can undo, as Accept-Encoding names it.
 * @throws Error where the generator knows no such browser.
 */
export function draw(generator: Generator, wanted: Wanted, codings: string): Identity {
  const { browser, platform, device, locale = 'en-US' } = wanted;
  const { browsers, platforms } = choicesOf(wanted);
  const options: Options = {
    browsers: browsers.map((name) => ({ name, minVersion: minVersion[name] })),
    operatingSystems: platforms,
    devices: device === undefined ? ['desktop', 'mobile'] : [device === 'desktop' ? 'desktop' : 'mobile'],
    locales: [locale],
    // What is known of HTTP/1.1 is mostly of crawlers; browsers send the same in the same order, in lower case.
    httpVersion: '2',
    strict: true,
  };
  for (let attempt = 0; attempt < patience; attempt++) {
    const fields = wireFields(tryHeaders(generator, options) ?? {}, device);
    const story = storyOf(fields.flat());
    if (story === undefined || !browsers.includes(story.browser) || !platforms.includes(story.platform)) continue;
    if (device !== undefined && story.device !== device) continue;
    return { ...settled(fields, story.browser, locale, codings), ...story, locale };
  }
  throw new Error(
    `identity: header-generator knows no coherent ${browser ?? 'browser'} on ${platform ?? device ?? 'any platform'}; install its newest version`,
  );
}

/** Undefined where it cannot draw any. */
function tryHeaders(generator: Generator, options: Options): Record<string, string> | undefined {
  try {
    return generator.getHeaders(options);
  } catch {
    return undefined;
  }
}

/** As they are written in HTTP/1.1: browsers leave only the client hints in lower case. */
function wireFields(headers: Record<string, string>, device: Device | undefined): Array<[string, string]> {
  return Object.entries(headers)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, value]) => [
      /^sec-ch-/i.test(name)
        ? name.toLowerCase()
        : name.replace(/(?<![A-Za-z])[a-z]/g, (letter) => letter.toUpperCase()),
      device === 'tablet' ? onTablet(name.toLowerCase(), value) : value,
    ]);
}

/** Most of what is known comes from telephones; on a tablet the same browsers say the same but for one word. */
function onTablet(name: string, value: string): string {
  if (name === 'sec-ch-ua-mobile') return '?0';
  if (name !== 'user-agent') return value;
  return value
    .replace(' Mobile Safari/537', ' Safari/537')
    .replace(/(\(Android [^;)]*; )Mobile;/, '$1Tablet;')
    .replace('(iPhone; CPU iPhone OS ', '(iPad; CPU OS ');
}

/** The connection's own, HTTP/2's own, and what people switch on who want to be told apart. */
const dropped = new Set([
  'host',
  'connection',
  'te',
  'priority',
  'dnt',
  'sec-gpc',
  'cookie',
  'referer',
  'cache-control',
  'pragma',
]);

function settled(
  drawn: Array<[string, string]>,
  browser: Browser,
  locale: string,
  codings: string,
): Pick<Identity, 'secure' | 'plain'> {
  const secure: string[] = [];
  const plain: string[] = [];
  for (const [name, value] of drawn) {
    const lower = name.toLowerCase();
    if (lower === 'accept-encoding') {
      secure.push(name, common(value, codings));
      plain.push(name, common('gzip, deflate', codings));
      continue;
    }
    const told = lower === 'accept-language' ? languages(browser, locale) : (navigation[lower] ?? value);
    secure.push(name, told);
    if (!lower.startsWith('sec-')) plain.push(name, told);
  }
  return { secure, plain };
}

/** A page that somebody opens by its address: it comes from nowhere. */
const navigation: Record<string, string> = {
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
};

/** The codings that both the browser and this program know, in the browser's order. */
function common(value: string, codings: string): string {
  const known = new Set(codings.split(/\s*,\s*/));
  const both = value.split(/\s*,\s*/).filter((each) => known.has(each));
  return both.length === 0 ? codings : both.join(', ');
}

function languages(browser: Browser, locale: string): string {
  const [language = locale] = locale.split('-');
  if (language === locale) return locale;
  return `${locale},${language};q=${browser === 'firefox' ? '0.5' : '0.9'}`;
}
