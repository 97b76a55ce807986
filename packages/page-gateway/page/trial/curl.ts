// The same call as a line for a shell. What was typed in cannot become more than an argument of it.

/** @param origin Where the service is. @param withKey Whether it asks for one: the reader's own stays with them. */
export function curlLine(
  origin: string,
  parameters: Readonly<Record<string, string>>,
  headers: readonly string[],
  withKey: boolean,
): string {
  const query = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
  const parts = ['curl', '-sS', '-i'];
  if (withKey) parts.push('-H', '"authorization: Bearer $PAGE_GATEWAY_KEY"');
  for (const line of headers) parts.push('-H', quoted(`x-forward-${line}`));
  parts.push(quoted(`${origin}/v1/page?${query}`));
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
