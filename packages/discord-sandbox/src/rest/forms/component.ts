/**
 * Buttons, select menus and the layout components of a message as Discord takes them. Rebuilds each from what it has
 * checked, so that nothing unknown is stored; gives every component an id, as Discord does.
 */
import { ButtonStyle, ComponentType as Kind } from 'discord-api-types/v10';
import type { AnyComponent } from '../../world/components.js';
import type { Field } from '../form.js';
import { readEmoji, Tally, tidy, tidyAny } from './parts.js';
import { isSelect, readSelect } from './select.js';

const ROWS = 5;
const BUTTONS_IN_ROW = 5;
const COMPONENTS_IN_ALL = 40;
const TEXT_IN_ALL = 4_000;

const LAYOUT = [Kind.ActionRow, Kind.Section, Kind.TextDisplay, Kind.MediaGallery, Kind.File, Kind.Separator] as const;
const BUTTON_STYLES = [
  ButtonStyle.Primary,
  ButtonStyle.Secondary,
  ButtonStyle.Success,
  ButtonStyle.Danger,
  ButtonStyle.Link,
  ButtonStyle.Premium,
] as const;

export function readComponents(field: Field, layout: boolean): AnyComponent[] | undefined {
  if (field.value === undefined) return undefined;
  const tally = new Tally();
  const allowed: readonly Kind[] = layout ? [...LAYOUT, Kind.Container] : [Kind.ActionRow];
  const components = field
    .list(layout ? { max: COMPONENTS_IN_ALL } : { max: ROWS })
    .flatMap((each) => readComponent(each, allowed, tally) ?? []);
  if (tally.components > COMPONENTS_IN_ALL) {
    field.fail('COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', `Must be ${COMPONENTS_IN_ALL} or fewer components in total.`);
  }
  if (tally.text > TEXT_IN_ALL) {
    field.fail(
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      `Must be ${TEXT_IN_ALL} or fewer characters of text in total.`,
    );
  }
  return components;
}

export function readComponent(field: Field, allowed: readonly Kind[], tally: Tally): AnyComponent | undefined {
  if (!field.object(true)) return undefined;
  const type = field.at('type').choice(allowed, true);
  if (type === undefined) return undefined;
  const base = tally.begin(field, type);
  if (isSelect(type)) return readSelect(field, base, tally);
  switch (type) {
    case Kind.ActionRow:
      return { ...base, components: readRow(field.at('components'), tally) };
    case Kind.Button:
      return readButton(field, base, tally);
    case Kind.Container:
      return tidy({ ...base, ...readContainer(field, tally) });
    case Kind.Section:
      return tidy({ ...base, ...readSection(field, tally) });
    case Kind.TextDisplay: {
      const content = field.at('content').text({ min: 1, max: TEXT_IN_ALL, required: true });
      tally.write(content);
      return tidy({ ...base, content });
    }
    case Kind.Separator:
      return tidy({
        ...base,
        divider: field.at('divider').flag() ?? true,
        spacing: field.at('spacing').integer({ min: 1, max: 2 }) ?? 1,
      });
    case Kind.Thumbnail:
      return tidy({ ...base, ...readMedia(field, 'media') });
    case Kind.File:
      return tidy({ ...base, ...readMedia(field, 'file') });
    case Kind.MediaGallery: {
      const items = field.at('items').list({ min: 1, max: 10, required: true });
      return tidy({ ...base, items: items.map((item) => readMedia(item, 'media')) });
    }
    default:
      return undefined;
  }
}

/** Up to five buttons, or one select menu. */
function readRow(field: Field, tally: Tally): AnyComponent[] {
  const cells = field.list({ min: 1, max: BUTTONS_IN_ROW, required: true });
  const selects = [Kind.StringSelect, Kind.UserSelect, Kind.RoleSelect, Kind.MentionableSelect, Kind.ChannelSelect];
  const components = cells.flatMap((each) => readComponent(each, [Kind.Button, ...selects], tally) ?? []);
  if (components.length > 1 && components.some((each) => isSelect(each.type))) {
    field.fail('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'Components displayed in a row must fit the width of 5.');
  }
  return components;
}

function readButton(field: Field, base: { type: Kind; id: number }, tally: Tally): AnyComponent {
  const style = field.at('style').choice(BUTTON_STYLES, true);
  const label = field.at('label').text({ max: 80 });
  const emoji = readEmoji(field.at('emoji'));
  const disabled = field.at('disabled').flag() ?? false;
  if (style !== ButtonStyle.Premium && !label && !emoji) {
    field.fail('BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A button must have a label or an emoji.');
  }
  if (style === ButtonStyle.Link) {
    if (field.at('custom_id').given) {
      field.fail('BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE', 'A custom id and url cannot both be specified');
    }
    const url = field.at('url').given ? field.at('url').url(['http', 'https', 'discord']) : field.at('url').missing();
    if (url !== undefined && url.length > 512)
      field.at('url').fail('BASE_TYPE_MAX_LENGTH', 'Must be 512 or fewer in length.');
    return tidy({ ...base, style, label, emoji, disabled, url });
  }
  if (style === ButtonStyle.Premium)
    return tidy({ ...base, style, disabled, sku_id: field.at('sku_id').snowflake(true) });
  if (field.at('url').given) field.at('url').fail('BUTTON_COMPONENT_URL_FORBIDDEN', 'Only link buttons have a url.');
  return tidy({ ...base, style, label, emoji, disabled, custom_id: tally.customId(field.at('custom_id')) });
}

function readContainer(field: Field, tally: Tally) {
  const inner = field.at('components').list({ min: 1, max: COMPONENTS_IN_ALL, required: true });
  return {
    accent_color: field.at('accent_color').integer({ min: 0, max: 0xffffff }),
    spoiler: field.at('spoiler').flag() ?? false,
    components: inner.flatMap((each) => readComponent(each, LAYOUT, tally) ?? []),
  };
}

function readSection(field: Field, tally: Tally) {
  const texts = field.at('components').list({ min: 1, max: 3, required: true });
  const accessory = field.at('accessory');
  return {
    components: texts.flatMap((each) => readComponent(each, [Kind.TextDisplay], tally) ?? []),
    accessory: readComponent(accessory, [Kind.Button, Kind.Thumbnail], tally),
  };
}

function readMedia(field: Field, key: 'media' | 'file'): Record<string, unknown> {
  const media = field.at(key);
  const schemes = key === 'file' ? ['attachment'] : ['http', 'https', 'attachment'];
  const url = media.object(true) ? media.at('url').url(schemes) : undefined;
  if (media.given && url === undefined && !media.at('url').given) media.at('url').missing();
  return tidyAny({
    [key]: { url },
    description: field.at('description').text({ max: 1_024 }),
    spoiler: field.at('spoiler').flag() ?? false,
  });
}
