// The languages that a Discord client can be set to, by their own names.
import { remembered } from './remembered.js';

export const LOCALES: Readonly<Record<string, string>> = {
  'en-US': 'English, US',
  'en-GB': 'English, UK',
  bg: 'български',
  'zh-CN': '中文',
  'zh-TW': '繁體中文',
  hr: 'Hrvatski',
  cs: 'Čeština',
  da: 'Dansk',
  nl: 'Nederlands',
  fi: 'Suomi',
  fr: 'Français',
  de: 'Deutsch',
  el: 'Ελληνικά',
  hi: 'हिन्दी',
  hu: 'Magyar',
  id: 'Bahasa Indonesia',
  it: 'Italiano',
  ja: '日本語',
  ko: '한국어',
  lt: 'Lietuviškai',
  no: 'Norsk',
  pl: 'Polski',
  'pt-BR': 'Português do Brasil',
  ro: 'Română',
  ru: 'Pусский',
  'es-ES': 'Español',
  'es-419': 'Español, LATAM',
  'sv-SE': 'Svenska',
  th: 'ไทย',
  tr: 'Türkçe',
  uk: 'Українська',
  vi: 'Tiếng Việt',
};

/** What was chosen before, else the browser's language where Discord has it. */
export function preferredLocale(): string {
  const chosen = remembered('locale');
  if (chosen in LOCALES) return chosen;
  const own = navigator.language;
  const known = Object.keys(LOCALES);
  return (
    known.find((each) => each === own) ?? known.find((each) => each.split('-')[0] === own.split('-')[0]) ?? 'en-US'
  );
}
