// Dark, light, or as the system has it. The choice is an attribute of the document; colours are the style sheet's business.
import { remember, remembered } from '../state/remembered.js';

export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

export function theme(): Theme {
  return THEMES.find((each) => each === remembered('theme')) ?? 'system';
}

export function chooseTheme(next: Theme): void {
  remember('theme', next);
  apply();
}

export function apply(): void {
  const chosen = theme();
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  for (const listener of listeners) listener();
}

/** For what is painted and not styled: tells when the colours have changed. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}
