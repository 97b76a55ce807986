// The parts below or instead of a message's text: rows of buttons and menus, and Discord's newer layout parts.
import type { APIComponentInContainer, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { MessageView } from '../../src/playground/protocol.js';
import { Files } from '../files/files.js';
import { Icon } from '../kit/icon.js';
import { Picture } from '../kit/picture.js';
import { webAddress } from '../markdown/inline.js';
import { Markdown } from '../markdown/markdown.js';
import { Button } from './button.js';
import { COMPONENT } from './kinds.js';
import { MessageSelect } from './select.js';

type Part = APIMessageTopLevelComponent | APIComponentInContainer;

export function Components({ message }: { readonly message: MessageView }) {
  if (message.components.length === 0) return null;
  return (
    <div class="components">
      {message.components.map((part, index) => (
        <PartView key={index} part={part} message={message} />
      ))}
    </div>
  );
}

function PartView({ part, message }: { readonly part: Part; readonly message: MessageView }) {
  switch (part.type) {
    case COMPONENT.row:
      return (
        <div class="component-row">
          {part.components.map((each, index) =>
            each.type === COMPONENT.button ? (
              <Button key={index} button={each} message={message.id} />
            ) : (
              <MessageSelect key={index} menu={each} message={message.id} />
            ),
          )}
        </div>
      );
    case COMPONENT.text:
      return <Markdown text={part.content} />;
    case COMPONENT.separator:
      return <hr class={part.divider === false ? 'separator separator-blank' : 'separator'} />;
    case COMPONENT.section:
      return (
        <div class="section">
          <div class="section-texts">
            {part.components.map((each, index) => (
              <Markdown key={index} text={each.content} />
            ))}
          </div>
          {part.accessory.type === COMPONENT.button ? (
            <Button button={part.accessory} message={message.id} />
          ) : (
            <Picture
              class="embed-thumbnail"
              src={part.accessory.media.url}
              alt={part.accessory.description ?? ''}
              opens
            />
          )}
        </div>
      );
    case COMPONENT.gallery:
      return (
        <div class={`gallery gallery-${Math.min(part.items.length, 4)}`}>
          {part.items.map((item, index) => (
            <Picture key={index} class="gallery-picture" src={item.media.url} alt={item.description ?? ''} opens />
          ))}
        </div>
      );
    case COMPONENT.file:
      return <FileLink url={part.file.url} name={part.name} message={message} />;
    case COMPONENT.container: {
      const color = part.accent_color;
      const style = typeof color === 'number' ? { '--bar': `#${color.toString(16).padStart(6, '0')}` } : {};
      return (
        <div class="embed container" style={style}>
          {part.components.map((each, index) => (
            <PartView key={index} part={each} message={message} />
          ))}
        </div>
      );
    }
    default:
      return null;
  }
}

function FileLink({
  url,
  name,
  message,
}: {
  readonly url: string;
  readonly name?: string | undefined;
  readonly message: MessageView;
}) {
  const file = message.files.find((each) => each.url === url);
  if (file) return <Files files={[file]} />;
  const href = webAddress(url);
  return href ? (
    <a class="file-card" href={href} target="_blank" rel="noopener noreferrer nofollow">
      <span class="file-kind">
        <Icon name="file" size={26} />
      </span>
      <span class="file-name">{name ?? href}</span>
    </a>
  ) : null;
}
