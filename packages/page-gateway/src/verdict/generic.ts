// What an answer is when no vendor has marked it: a request to slow down, an empty shell that scripts would fill, or a page,
// perhaps one that shows a wall. An honest refusal is a page.
import type { DocumentFacts } from './document.js';
import { all, applicationRoot, either, header, type Look, leadsTo, type Sight, status } from './sight.js';

export const rateOf = either(status(429), all(status(503), header('retry-after')));

/** What a reader should know of a page that was got, though nothing is to be done about it. */
export const wallSigns: readonly Look[] = [
  status(451),
  leadsTo(/\/(?:log-?in|sign-?in|blocked|denied|geo-?block(?:ed)?)(?:[/?#.]|$)/i),
  leadsTo(/^(?:https?:)?\/\/(?:consent|login|accounts)\./i),
  ({ url }) => (/^https?:\/\/consent\./i.test(url) ? 'the address of a consent host' : undefined),
  ({ url }) =>
    /^[^?#]*\/(?:blocked|geo-?block(?:ed)?)\/?(?:[?#]|$)/i.test(url) ? 'the address of a block page' : undefined,
];

export interface Shell {
  readonly confidence: number;
  readonly evidence: readonly string[];
}

/** "Loading…", a copyright line: less than this is not what somebody came for. */
const fewCharacters = 120;
const tiny = 100;

/** @returns undefined where there is something to see, or nothing that a browser could add. */
export function shellOf(sight: Sight): Shell | undefined {
  const { status: code, length, document, url } = sight;
  if (document === undefined || !document.complete || ![200, 202, 203].includes(code)) return undefined;
  const { visible, media, fields, refresh, scripts } = document;
  if (document.metas.size === 0 && visible === 0 && length < tiny && scripts === 0 && media === 0 && fields === 0) {
    return length === 0 ? undefined : { confidence: 0.6, evidence: [`${length} bytes of HTML with nothing to see`] };
  }
  if (fields > 0 || visible >= fewCharacters || media > 1) return undefined;
  if (refresh !== undefined && loops(refresh, url) && (visible === 0 || refresh.seconds <= 1)) {
    return { confidence: 0.8, evidence: ['a page that only reloads itself'] };
  }
  if (visible === 0 && media === 0) return nothingToSee(document);
  return almostNothing(document, applicationRoot(sight));
}

function nothingToSee({ scripts, refresh, body }: DocumentFacts): Shell | undefined {
  if (scripts > 0) return { confidence: 0.95, evidence: [`no visible text, ${counted(scripts)}`] };
  if (refresh !== undefined) return { confidence: 0.8, evidence: ['no visible text, a meta refresh'] };
  return body ? undefined : { confidence: 0.6, evidence: ['no visible text, no body'] };
}

/** A logo or a spinner is almost nothing too, where all else says that scripts are to follow. */
function almostNothing({ scripts, asksForScript, media }: DocumentFacts, root: string | undefined): Shell | undefined {
  if (scripts === 0) return undefined;
  const sure = root !== undefined && asksForScript;
  if (!sure && (media > 0 || (root === undefined && !asksForScript))) return undefined;
  const evidence = [`almost no visible text, ${counted(scripts)}`];
  if (root !== undefined) evidence.push(`an application's root: ${root}`);
  if (asksForScript) evidence.push('noscript asks for JavaScript');
  return { confidence: sure ? 0.9 : 0.75, evidence };
}

function counted(scripts: number): string {
  return scripts === 1 ? '1 script' : `${scripts} scripts`;
}

function loops(refresh: NonNullable<DocumentFacts['refresh']>, url: string): boolean {
  if (refresh.seconds > 10) return false;
  if (refresh.url === undefined) return true;
  try {
    return withoutFragment(new URL(refresh.url, url)) === withoutFragment(new URL(url));
  } catch {
    return false;
  }
}

function withoutFragment(url: URL): string {
  return url.href.slice(0, url.href.length - url.hash.length);
}
