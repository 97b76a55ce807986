// URLs as they may be shown: in errors, logs, traces and metrics. Userinfo is removed and the values of secret-looking
// query names are masked; what is sent is never touched.

const secretName = /(?:key|token|secret|signature|sig|password|auth|code)$/i;

/**
 * The URL as it may be shown, in logs of your own too: without userinfo and fragment, with the values of secret query names
 * as `***`.
 * @example showUrl(new URL('https://user:pass@api.example/?page=2&api_key=abc')) // 'https://api.example/?page=2&api_key=***'
 */
export function showUrl(url: URL): string {
  if (url.username === '' && url.password === '' && url.hash === '' && url.search === '') return url.href;
  return `${url.protocol}//${url.host}${url.pathname}${showQuery(url.search)}`;
}

function showQuery(search: string): string {
  if (search === '') return '';
  const parts = search.slice(1).split('&');
  return `?${parts.map(showPair).join('&')}`;
}

function showPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair;
  const name = pair.slice(0, equals);
  return secretName.test(decoded(name)) ? `${name}=***` : pair;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).trim();
  } catch {
    return name;
  }
}
