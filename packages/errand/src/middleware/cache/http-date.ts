// Dates in HTTP fields (RFC 9110 5.6.7), in all three formats. Unlike Date.parse it takes nothing else: what is no date
// must not make a response look fresh.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const time = '(\\d\\d):(\\d\\d):(\\d\\d)';
const modern = new RegExp(`^[a-z]{3}, (\\d\\d) ([a-z]{3}) (\\d{4}) ${time} (?:gmt|utc)$`);
const rfc850 = new RegExp(`^[a-z]{6,9}, (\\d\\d)-([a-z]{3})-(\\d\\d) ${time} (?:gmt|utc)$`);
const asctime = new RegExp(`^[a-z]{3} ([a-z]{3}) ([ \\d]\\d) ${time} (\\d{4})$`);

/**
 * Milliseconds since the epoch; undefined where it is no date. Letters are read without case, as RFC 9111 4.2 asks of
 * caches. `now` decides the century of a two-digit year.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const lower = text.toLowerCase();
  let match = modern.exec(lower);
  if (match !== null) return moment(match[3], match[2], match[1], match.slice(4));
  match = rfc850.exec(lower);
  if (match !== null) return moment(String(fullYear(Number(match[3]), now)), match[2], match[1], match.slice(4));
  match = asctime.exec(lower);
  if (match !== null) return moment(match[6], match[1], match[2], match.slice(3, 6));
  return undefined;
}

/** More than fifty years ahead means the century before (RFC 9110 5.6.7). */
function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function moment(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  clock: readonly string[],
): number | undefined {
  const [hours, minutes, seconds] = clock.map(Number) as [number, number, number];
  const index = months.indexOf(month as string);
  if (index < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const date = new Date(Date.UTC(Number(year), index, Number(day), hours, minutes, Math.min(seconds, 59)));
  return date.getUTCDate() === Number(day) && date.getUTCMonth() === index ? date.getTime() : undefined;
}
