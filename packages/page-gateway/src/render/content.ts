// The document of a page as it is now, serialised.
import type { Page } from 'playwright-core';
import { isTimeout } from './playwright.js';

/** A page that goes elsewhere just now is read where it arrives. */
export async function contentOf(page: Page): Promise<string> {
  for (let turn = 0; ; turn++) {
    try {
      return await page.content();
    } catch (error) {
      const moving = /navigat|context was destroyed|changing the content/i.test((error as Error).message);
      if (!moving || turn >= 5 || isTimeout(error)) throw error;
      await page.waitForLoadState('domcontentloaded').catch(() => {});
    }
  }
}
