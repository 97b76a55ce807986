// A round picture of initials in a colour that stays the same for the same name.
import { Icon } from './icon.js';

export function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 3_600;
  return hash % 360;
}

export function initials(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

export function Avatar({
  name,
  bot,
  size = 40,
}: {
  readonly name: string;
  readonly bot: boolean;
  readonly size?: number;
}) {
  const style = { '--size': `${size}px`, '--hue': String(hueOf(name)) };
  return (
    <span class={bot ? 'avatar avatar-bot' : 'avatar'} style={style} aria-hidden="true">
      {bot ? <Icon name="bolt" size={size * 0.56} /> : initials(name)}
    </span>
  );
}
