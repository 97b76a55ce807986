// Texts that were fetched or typed, made fit for Discord: without broken characters, and cut at a limit so that what
// is left still reads. It must never return more UTF-16 units than the limit, which is at least as strict as Discord.

const broken = /\p{Surrogate}/gu;
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A text from whatever was given: numbers become digits, lone surrogates U+FFFD; what is no text becomes ''. */
export function clean(value: unknown): string {
  if (typeof value !== 'string') {
    return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
  }
  return value.replace(control, '').replace(broken, '\ufffd').trim();
}

/** The text where it fits, else its beginning and an ellipsis, never ending in half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (limit <= 0) return '';
  let end = limit - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end).replace(/(?:\s|\u200d|\ufe0f)+$/u, '')}…`;
}
