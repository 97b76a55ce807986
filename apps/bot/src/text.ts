/** Fetched text on its way into a message: nothing of it may format, mention, or break out of its place. */

/** One line of plain text: white space folded, cut at `limit` characters, Markdown and mentions shown as they are written. */
export function plain(text: string, limit = 1000): string {
  const line = shorten(text.replace(/\s+/g, ' ').trim(), limit);
  return line
    .replace(/[\\*_~`|<[\]]/g, '\\$&')
    .replace(/^(?:#{1,3}|-#|>{1,3}|[-+]|\d+\.)(?=\s)/, (mark) => mark.replace(/\W/, '\\$&'))
    .replace(/@/g, '@\u200b');
}

/** A block of code that what is inside cannot close. */
export function codeBlock(text: string, language = '', limit = 1000): string {
  const inside = shorten(text, limit).replace(/`{3,}/g, (ticks) => [...ticks].join('\u200b'));
  return `\`\`\`${language}\n${inside}\n\`\`\``;
}

/** Cut between characters, never inside one. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

/** A link with fetched words, or the words alone where the address is not http(s) or could break out of its brackets. */
export function linkTo(words: string, address: string, limit = 80): string {
  const label = plain(words, limit) || plain(address, limit);
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol) || address.length > 500) return label;
  const safe = new URL(address).href.replace(
    /[()<>\s]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `[${label}](${safe})`;
}

export function bytes(count: number, locale: string): string {
  const [value, unit] =
    count < 1024 ? [count, 'byte'] : count < 1024 ** 2 ? [count / 1024, 'kilobyte'] : [count / 1024 ** 2, 'megabyte'];
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }).format(value);
}

/** A time in milliseconds, as seconds where there is more than one. */
export function duration(milliseconds: number, locale: string): string {
  const long = milliseconds >= 1000;
  const unit = long ? 'second' : 'millisecond';
  const maximumFractionDigits = long || milliseconds < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits }).format(
    long ? milliseconds / 1000 : milliseconds,
  );
}
