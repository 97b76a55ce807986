// Pictures and prints of a page, as asked for, and no larger than can be held.
import type { Page } from 'playwright-core';
import type { PageRequest } from '../core/page-request.js';
import type { Ending } from './ending.js';
import { isTimeout } from './playwright.js';
import { locate } from './settle.js';

/** Pixels of a full page's height. */
const maxHeight = 16_000;

export interface Pictures {
  readonly screenshot: Uint8Array | undefined;
  readonly pdf: Uint8Array | undefined;
  readonly warnings: readonly string[];
}

export async function take(page: Page, request: PageRequest, ending: Ending): Promise<Pictures> {
  const { format, rendering } = request;
  const warnings: string[] = [];
  let screenshot: Uint8Array | undefined;
  let pdf: Uint8Array | undefined;
  const pictured =
    format === 'screenshot' ||
    rendering.screenshot ||
    rendering.screenshotFullPage ||
    rendering.screenshotSelector !== undefined;
  const attempt = async (what: string, work: () => Promise<Uint8Array>) => {
    try {
      return await ending.race(work());
    } catch (error) {
      if (ending.over) throw error;
      const late = isTimeout(error);
      warnings.push(`${what}: ${late ? 'it could not be taken in time' : firstLine(error)}`);
      return undefined;
    }
  };
  if (pictured) screenshot = await attempt('screenshot', () => shoot(page, request, ending));
  if (format === 'pdf') pdf = await attempt('pdf', () => page.pdf({ printBackground: true }));
  return { screenshot, pdf, warnings };
}

async function shoot(page: Page, { rendering }: PageRequest, ending: Ending): Promise<Uint8Array> {
  const { screenshotSelector, screenshotFullPage, windowWidth } = rendering;
  const options = { type: 'png', scale: 'css', timeout: Math.max(1, ending.left * 0.9) } as const;
  if (screenshotSelector !== undefined) {
    const timeout = Math.max(1, Math.min(5_000, ending.spare));
    const element = locate(page, screenshotSelector);
    await element.waitFor({ state: 'visible', timeout }).catch((error: unknown) => {
      if (!isTimeout(error)) throw error;
      throw new Error(`nothing visible matches '${screenshotSelector}'`);
    });
    return element.screenshot(options);
  }
  if (!screenshotFullPage) return page.screenshot(options);
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  if (height <= maxHeight) return page.screenshot({ ...options, fullPage: true });
  return page.screenshot({ ...options, fullPage: true, clip: { x: 0, y: 0, width: windowWidth, height: maxHeight } });
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0] ?? '';
}
