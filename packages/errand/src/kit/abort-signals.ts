// One listener per AbortSignal however many calls wait on it, removed with the last of them: a signal that lives as long
// as the bot keeps neither calls nor listeners.

/** What is told when the signal it follows is aborted. */
export interface AbortFollower {
  aborted(reason: unknown): void;
}

interface Following {
  readonly followers: Set<AbortFollower>;
  readonly listener: () => void;
}

const followed = new WeakMap<AbortSignal, Following>();

/** The signal must not be aborted yet. */
export function follow(signal: AbortSignal, follower: AbortFollower): void {
  const following = followed.get(signal);
  if (following !== undefined) {
    following.followers.add(follower);
    return;
  }
  const followers = new Set([follower]);
  const listener = () => {
    followed.delete(signal);
    for (const each of followers) each.aborted(signal.reason);
  };
  followed.set(signal, { followers, listener });
  signal.addEventListener('abort', listener, { once: true });
}

export function unfollow(signal: AbortSignal, follower: AbortFollower): void {
  const following = followed.get(signal);
  if (following === undefined || !following.followers.delete(follower) || following.followers.size > 0) return;
  followed.delete(signal);
  signal.removeEventListener('abort', following.listener);
}
