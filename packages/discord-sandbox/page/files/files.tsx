// The files of a message: pictures and films in place, everything else as a card to download.
import { useState } from 'preact/hooks';
import type { FileView } from '../../src/playground/protocol.js';
import { Icon } from '../kit/icon.js';
import { Picture } from '../kit/picture.js';
import { webAddress } from '../markdown/inline.js';

export function Files({ files }: { readonly files: readonly FileView[] }) {
  if (files.length === 0) return null;
  const pictures = files.filter((file) => file.contentType.startsWith('image/'));
  const others = files.filter((file) => !file.contentType.startsWith('image/'));
  return (
    <div class="files">
      {pictures.length > 0 && (
        <div class={`gallery gallery-${Math.min(pictures.length, 4)}`}>
          {pictures.map((file) => (
            <Covered key={file.id} spoiler={file.spoiler}>
              <Picture
                class="gallery-picture"
                src={file.url}
                alt={file.description || file.filename}
                width={file.width}
                height={file.height}
                opens
              />
            </Covered>
          ))}
        </div>
      )}
      {others.map((file) => (
        <Covered key={file.id} spoiler={file.spoiler}>
          <File file={file} />
        </Covered>
      ))}
    </div>
  );
}

function File({ file }: { readonly file: FileView }) {
  const href = webAddress(file.url);
  const label = file.description || file.filename;
  if (file.contentType.startsWith('video/')) {
    // biome-ignore lint/a11y/useMediaCaption: a bot's film brings no captions along
    return <video class="film" src={href} controls preload="none" aria-label={label} />;
  }
  if (file.contentType.startsWith('audio/')) {
    // biome-ignore lint/a11y/useMediaCaption: a bot's sound brings no captions along
    return <audio class="sound" src={href} controls preload="none" aria-label={label} />;
  }
  return (
    <a class="file-card" href={href} download={file.filename} target="_blank" rel="noopener noreferrer nofollow">
      <span class="file-kind">
        <Icon name="file" size={26} />
      </span>
      <span class="file-texts">
        <span class="file-name">{file.filename}</span>
        <span class="file-size">{sizeText(file.size)}</span>
      </span>
      <Icon name="download" />
    </a>
  );
}

function Covered({ spoiler, children }: { readonly spoiler: boolean; readonly children: preact.ComponentChildren }) {
  const [shown, setShown] = useState(!spoiler);
  if (shown) return <>{children}</>;
  return (
    <div class="covered">
      <div inert aria-hidden="true">
        {children}
      </div>
      <button type="button" class="covered-button" onClick={() => setShown(true)}>
        Spoiler
      </button>
    </div>
  );
}

export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1_024 ** power).toFixed(2)} ${units[power - 1]}`;
}
