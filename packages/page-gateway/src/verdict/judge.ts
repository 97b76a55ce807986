// The verdict on an answer, from its status, headers and body alone: pure, in time that grows with the body's first part,
// and never an error. A page that talks of captchas, or has a login form with a widget, is a page.
import type { Verdict, VerdictKind } from '../core/verdict.js';
import { type Answer, fieldsOf, htmlOf, prefixLength } from './answer.js';
import { readDocument } from './document.js';
import { plentyToSee } from './document-facts.js';
import { rateOf, shellOf, wallSigns } from './generic.js';
import { showsPlenty } from './plenty.js';
import { applicationRoot, type Sight } from './sight.js';
import { bodySigns, headerSigns, type Sign, type Where } from './signs.js';

export type { Answer } from './answer.js';

const remedies: Readonly<Record<VerdictKind, Verdict['retry']>> = {
  page: 'never',
  rate: 'same',
  block: 'rotate',
  captcha: 'human',
  challenge: 'browser',
  shell: 'browser',
};

/** With so many visible characters an answer that is no refusal is a page, whatever else is on it. */
const content = 1_500;
/** Where so much is not within so many bytes, all of the document is read for it. */
const glanceLength = 16 * 1024;
/** With fewer, and no field, there is no content. */
const littleContent = 200;
/** What a wall says besides its widget. */
const wallWords = 600;
const wallLinks = 10;

export function judge(answer: Answer): Verdict {
  const sight = sightOf(answer);
  const { sign, evidence } = vendorSign(sight);
  if (sign !== undefined) {
    const [vendor, kind, confidence] = sign;
    return verdict(kind, vendor, confidence, evidence);
  }
  const rate = rateOf(sight);
  if (rate !== undefined) return verdict('rate', undefined, 0.9, [rate]);
  const shell = shellOf(sight);
  if (shell !== undefined) return verdict('shell', undefined, shell.confidence, shell.evidence);
  const walls = wallSigns.map((look) => look(sight)).filter((words) => words !== undefined);
  return verdict('page', undefined, walls.length > 0 ? 0.8 : 1, walls);
}

function sightOf({ status, headers, body, url }: Answer): Sight {
  const fields = fieldsOf(headers);
  const type = fields.get('content-type');
  const sight = { status, url, fields, length: body.length };
  const atAGlance = { ...sight, document: plentyToSee };
  const glances = status < 400 && !bodySigns.some((sign) => sign[3] === 'anywhere' && sees(sign, atAGlance));
  if (glances && showsPlenty(htmlOf(body, type, glanceLength) ?? '', content)) return atAGlance;
  const html = htmlOf(body, type, prefixLength);
  if (html === undefined) return { ...sight, document: undefined };
  const enough = status < 400 ? content : Number.POSITIVE_INFINITY;
  return { ...sight, document: readDocument(html, html.length >= prefixLength, enough) };
}

/** The first sign in the tables' order, with all that was seen of the same vendor and kind. */
function vendorSign(sight: Sight): { sign: Sign | undefined; evidence: readonly string[] } {
  const named = headerSigns.find((sign) => sees(sign, sight) !== undefined);
  const counting = sight.document === undefined ? [] : bodySigns;
  const sign = named === undefined ? counting.find((each) => sees(each, sight) !== undefined) : refined(named, sight);
  if (sign === undefined) return { sign, evidence: [] };
  const words = [...headerSigns, ...counting]
    .filter(([vendor, kind]) => vendor === sign[0] && (kind === sign[1] || kind === named?.[1]))
    .map((each) => sees(each, sight))
    .filter((seen) => seen !== undefined);
  return { sign, evidence: [...new Set(words)] };
}

/** The header has said who it is; where it does not say what is wanted, the body of that vendor may. */
function refined(named: Sign, sight: Sight): Sign {
  const [vendor, , confidence] = named;
  if (sight.document === undefined || confidence === 1) return named;
  return bodySigns.find((sign) => sign[0] === vendor && sees(sign, sight) !== undefined) ?? named;
}

function sees(sign: Sign, sight: Sight): string | undefined {
  const [, , , where, look] = sign;
  return counts(where, sight) ? look(sight) : undefined;
}

function counts(where: Where, sight: Sight): boolean {
  const { status, document } = sight;
  const refused = status >= 400;
  if (where === 'anywhere') return true;
  if (where === 'refused') return refused;
  if (document === undefined) return false;
  const { complete, visible, fields, links } = document;
  if (where === 'interstitial') return refused || (complete && visible < content);
  if (where === 'wall') return complete && fields === 0 && visible < wallWords && links.length <= wallLinks;
  const bare = complete && visible < littleContent && fields === 0 && applicationRoot(sight) === undefined;
  return bare || (refused && status !== 404 && status !== 410);
}

function verdict(
  kind: VerdictKind,
  vendor: string | undefined,
  confidence: number,
  evidence: readonly string[],
): Verdict {
  return { kind, vendor, confidence, evidence, retry: remedies[kind] };
}
