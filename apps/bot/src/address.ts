/** The web address that a person typed. It never decides where the bot may go: that is the session's guard. */

/** Adds the https:// that people leave out, and takes away the <> that keep Discord from showing a preview. Throws a TypeError for what is no
 *  web address. */
export function addressFrom(typed: string): URL {
  const bare = typed.trim().replace(/^<(.*)>$/s, '$1');
  const url = new URL(/^[a-z][a-z\d+.-]*:(?!\d)/i.test(bare) ? bare : `https://${bare}`);
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw Object.assign(new TypeError('Only http and https addresses can be fetched.'), { code: 'ERR_INVALID_URL' });
}

/** As it may be shown to others: without a name and password that were typed into it. */
export function shownAddress(address: string | URL): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
