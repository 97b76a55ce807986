// What the page remembers about its user between visits, in this browser only; it works as well where storage is forbidden.
const fallbacks = { user: '', locale: '', theme: 'system', inspector: 'open', tab: 'timeline' };
type Key = keyof typeof fallbacks;

export function remembered(key: Key): string {
  try {
    return localStorage.getItem(`errand-playground:${key}`) ?? fallbacks[key];
  } catch {
    return fallbacks[key];
  }
}

export function remember(key: Key, value: string): void {
  fallbacks[key] = value;
  try {
    localStorage.setItem(`errand-playground:${key}`, value);
  } catch {
    // Storage may be full or forbidden: the page then remembers only until it is closed.
  }
}
