// The files that will go with the next message.

import { sizeText } from '../files/files.js';
import { Icon } from '../kit/icon.js';

export function Tray({
  files,
  onRemove,
}: {
  readonly files: readonly File[];
  readonly onRemove: (index: number) => void;
}) {
  if (files.length === 0) return null;
  return (
    <ul class="tray" aria-label="Files to send">
      {files.map((file, index) => (
        <li key={index} class="tray-file">
          <Icon name="file" size={22} />
          <span class="file-texts">
            <span class="file-name">{file.name}</span>
            <span class="file-size">{sizeText(file.size)}</span>
          </span>
          <button type="button" class="icon-button" aria-label={`Remove ${file.name}`} onClick={() => onRemove(index)}>
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}
