// Who is typing here, for as long as Discord shows it. Its line is always there, so that nothing moves.
import { useNow } from '../kit/time.js';
import { useStore } from '../state/store.js';

export function TypingLine({ channel }: { readonly channel: string }) {
  const typing = useStore((state) => state.typing.get(channel));
  const now = useNow(typing ? 1_000 : 0);
  const shown = typing && typing.until > now;
  return (
    <p class="typing" role="status">
      {shown && (
        <>
          <span class="dots dots-small" aria-hidden="true" />
          <strong>{typing.user.displayName}</strong> is typing…
        </>
      )}
    </p>
  );
}
