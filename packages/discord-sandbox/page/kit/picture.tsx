// A picture from an address that a bot gave. It is fetched only by the browser's own img, without a referrer, when it
// comes into view; its place is reserved beforehand and says so where it cannot be loaded.
import { useState } from 'preact/hooks';
import { webAddress } from '../markdown/inline.js';

interface PictureProps {
  readonly src: string | undefined;
  readonly alt: string;
  readonly class: string;
  readonly width?: number | null;
  readonly height?: number | null;
  /** Pictures that open on their own page when chosen. */
  readonly opens?: boolean;
}

export function Picture({ src, alt, class: name, width, height, opens = false }: PictureProps) {
  const [state, setState] = useState<'loading' | 'shown' | 'broken'>('loading');
  const address = webAddress(src);
  if (address === undefined) return null;
  if (state === 'broken') {
    return (
      <span
        class={`${name} picture picture-broken`}
        role="img"
        aria-label={alt || 'A picture that could not be loaded'}
      >
        <span aria-hidden="true">Picture could not be loaded</span>
      </span>
    );
  }
  const picture = (
    <img
      src={address}
      alt={alt}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      {...(width && height ? { width, height } : {})}
      onLoad={() => setState('shown')}
      onError={() => setState('broken')}
    />
  );
  const shown = `${name} picture picture-${state}`;
  if (!opens) return <span class={shown}>{picture}</span>;
  return (
    <a
      class={shown}
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      aria-label={alt || 'Open the picture'}
    >
      {picture}
    </a>
  );
}
