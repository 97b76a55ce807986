// A URL of a target, as text and nothing else: its host first, the rest for as long as there is room.
export function Address({ url }: { url: string }) {
  const [, scheme = '', host = url, rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/s.exec(url) ?? [];
  return (
    <span class="address" title={url}>
      <span class="scheme">{scheme}</span>
      <b>{host}</b>
      <span class="path">{rest}</span>
    </span>
  );
}
