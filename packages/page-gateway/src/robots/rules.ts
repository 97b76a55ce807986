// The rules of a robots.txt for one user agent (RFC 9309, 2.2): lenient in how it is written, as crawlers are, and exact in
// what it means. Whatever the text is, reading it takes time that grows with its length.
import { type Pattern, patternOf } from './pattern.js';

export interface Rule {
  readonly allow: boolean;
  /** As it stands in the file, for people. */
  readonly text: string;
  readonly pattern: Pattern;
}

export interface Rules {
  /** The one that decides is the first that matches. */
  readonly rules: readonly Rule[];
  /** Milliseconds between two requests; never more than a minute. */
  readonly crawlDelay: number | undefined;
}

/** RFC 9309, 2.5: at least so much is read. */
export const mostRead = 500 * 1024;
const longestCrawlDelay = 60_000;

const fields: Readonly<Record<string, 'agent' | 'allow' | 'disallow' | 'delay'>> = {
  'user-agent': 'agent',
  useragent: 'agent',
  'user agent': 'agent',
  allow: 'allow',
  disallow: 'disallow',
  dissallow: 'disallow',
  disalow: 'disallow',
  dissalow: 'disallow',
  'crawl-delay': 'delay',
  crawldelay: 'delay',
};

/** What stands in the groups of one user agent, which may be spread over the file. */
interface Group {
  found: boolean;
  readonly rules: Map<string, boolean>;
  delay: number | undefined;
}

/** @param token The product token, compared without regard to case. */
export function readRules(file: Uint8Array, token: string): Rules {
  const own: Group = { found: false, rules: new Map(), delay: undefined };
  const anybody: Group = { found: false, rules: new Map(), delay: undefined };
  const wanted = token.toLowerCase();
  let groups: Group[] = [];
  let naming = false;
  for (const line of linesOf(file)) {
    const [field, value] = fieldOf(line);
    if (field === undefined) continue;
    if (field === 'agent') {
      if (!naming) groups = [];
      naming = true;
      const group = groupOf(value, wanted) === 'own' ? own : groupOf(value, wanted) === 'anybody' ? anybody : undefined;
      if (group === undefined) continue;
      group.found = true;
      groups.push(group);
    } else {
      naming = false;
      for (const group of groups) note(group, field, value);
    }
  }
  const { rules, delay } = own.found ? own : anybody;
  return { rules: ranked(rules), crawlDelay: delay };
}

function linesOf(file: Uint8Array): string[] {
  const text = new TextDecoder().decode(file.subarray(0, mostRead));
  // A page that is served in place of a robots.txt rules nothing, whatever it talks of.
  if (/^\s*</.test(text.slice(0, 1_000))) return [];
  const lines = text.split(/\r\n|\n|\r/);
  // A line that was cut would mean something else.
  if (file.length > mostRead) lines.pop();
  return lines;
}

function fieldOf(line: string): readonly [field: 'agent' | 'allow' | 'disallow' | 'delay' | undefined, value: string] {
  const hash = line.indexOf('#');
  const text = (hash < 0 ? line : line.slice(0, hash)).trim();
  const colon = text.indexOf(':');
  if (colon >= 0) return [nameOf(text.slice(0, colon)), text.slice(colon + 1).trim()];
  // Forgotten colons: "Disallow /private".
  const [name = '', value = '', more] = text.split(/\s+/, 3);
  return [value === '' || more !== undefined ? undefined : nameOf(name), value];
}

function nameOf(text: string): 'agent' | 'allow' | 'disallow' | 'delay' | undefined {
  const name = text.length > 20 ? '' : text.trim().toLowerCase();
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function groupOf(agent: string, wanted: string): 'own' | 'anybody' | undefined {
  if (/^\*(?:\s|$)/.test(agent)) return 'anybody';
  return /^[a-z_-]*/i.exec(agent)?.[0].toLowerCase() === wanted ? 'own' : undefined;
}

function note(group: Group, field: 'allow' | 'disallow' | 'delay', value: string): void {
  if (field === 'delay') {
    const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
    if (seconds !== undefined) group.delay = Math.min(longestCrawlDelay, seconds * 1_000);
  } else if (/^[/*]/.test(value)) {
    const allow = field === 'allow';
    // Of the same pattern twice, the allowing one wins.
    group.rules.set(value, allow || group.rules.get(value) === true);
  }
}

/** The longest first; of equally long ones those that allow (RFC 9309, 2.2.2). */
function ranked(rules: ReadonlyMap<string, boolean>): Rule[] {
  return [...rules]
    .map(([path, allow]) => ({ allow, text: `${allow ? 'Allow' : 'Disallow'}: ${path}`, pattern: patternOf(path) }))
    .sort((one, other) => other.pattern.length - one.pattern.length || Number(other.allow) - Number(one.allow));
}
