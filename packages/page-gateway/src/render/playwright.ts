// Playwright, which takes half of the time that the whole service needs to be loaded: so it is loaded with the first browser.

let playwright: typeof import('playwright-core') | undefined;

export async function loadPlaywright(): Promise<typeof import('playwright-core')> {
  playwright ??= await import('playwright-core');
  return playwright;
}

/** Whether one of Playwright's own limits was reached. */
export function isTimeout(error: unknown): boolean {
  return playwright !== undefined && error instanceof playwright.errors.TimeoutError;
}
