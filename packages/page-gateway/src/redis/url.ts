// What a URL of a Redis is, known without loading anything of Redis. It may hold a password, so no error shows it.

export const redisUrls = 'redis://host:port or rediss://host:port';

export function isRedisUrl(url: string): boolean {
  if (!/^rediss?:\/\/[^/]/i.test(url) || !URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  return hostname !== '' && /^\/?\d*$/.test(pathname);
}

/** The host and port, for people. */
export function redisHost(url: string): string {
  return new URL(url).host;
}
