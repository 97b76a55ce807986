// Says that the sandbox is away, and that it is back. It takes no room while all is well.
import { useStore } from '../state/store.js';

export function Banner() {
  const lost = useStore((state) => state.link === 'lost');
  return (
    <div class={lost ? 'banner banner-shown' : 'banner'} role="status">
      {lost && (
        <>
          <span class="dots dots-small" aria-hidden="true" />
          The sandbox is away. Connecting again…
        </>
      )}
    </div>
  );
}
