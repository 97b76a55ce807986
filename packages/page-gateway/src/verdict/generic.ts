// What an answer is when no vendor has marked it: a request to slow down, an empty shell that scripts would fill, or a page,
// perhaps one that shows a wall. An honest refusal is a page.
import type { DocumentFacts } from './document-facts.js';
import { all, either, header, type Look, leadsTo, type Sight, status } from './sight.js';

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
/** Around an empty root, where nothing else says that scripts are needed. */
const fewWords = 80;
const tiny = 100;
const patience =
  /^\W*(?:loading|please wait|one moment|just a (?:moment|second)|chargement|cargando|laden|wird geladen|bitte warten)\b[^.!?]{0,24}\W*$/i;
const scriptWanted =
  /\b(?:enable|requires?|needs?|turn on|activate|without)\b.{0,40}\bjava\s?script\b|\bjava\s?script\b.{0,40}\b(?:enabled|disabled|required|needed|turned)\b/i;

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
  return almostNothing(document);
}

function nothingToSee({ scripts, refresh, body }: DocumentFacts): Shell | undefined {
  if (scripts > 0) return { confidence: 0.95, evidence: [`no visible text, ${counted(scripts)}`] };
  if (refresh !== undefined) return { confidence: 0.8, evidence: ['no visible text, a meta refresh'] };
  return body ? undefined : { confidence: 0.6, evidence: ['no visible text, no body'] };
}

/** A few words are a page, but where they only ask for patience or for JavaScript, or stand around an empty root. */
function almostNothing({ scripts, root, words, visible, asksForScript }: DocumentFacts): Shell | undefined {
  if (scripts === 0) return undefined;
  const waits = patience.test(words) || scriptWanted.test(words);
  const empty = root?.empty === true && visible + (asksForScript ? 0 : fewWords) < fewCharacters;
  if (!waits && !empty) return undefined;
  const evidence = [`almost no visible text, ${counted(scripts)}`];
  if (waits) evidence.push(`text "${words.trim().slice(0, 60)}"`);
  if (root !== undefined) evidence.push(`an application's root: ${root.name}`);
  if (asksForScript) evidence.push('noscript asks for JavaScript');
  return { confidence: root !== undefined && asksForScript ? 0.9 : 0.75, evidence };
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
