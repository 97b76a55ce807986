// How long a target asks to be left alone: Retry-After in seconds or as a date, and nothing else.

/** Milliseconds; undefined where it says nothing that can be read. */
export function retryAfterOf(
  headers: ReadonlyArray<readonly [name: string, value: string]>,
  now = Date.now(),
): number | undefined {
  const value = headers.find(([name]) => name === 'retry-after')?.[1].trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
