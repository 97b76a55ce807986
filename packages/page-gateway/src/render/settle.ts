// What is waited for and done between loading a page and reading it: selectors, time, and the caller's scenario. As much as
// can be done is done; what could not be is told in words, and never costs the caller the page.
import type { Locator, Page } from 'playwright-core';
import type { ScenarioStep } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Ending } from './ending.js';
import { isTimeout } from './playwright.js';

/** Milliseconds that one step of a scenario may take where it does not name a time itself. */
const stepTimeout = 10_000;
/** Milliseconds in which a page that scrolls without end must have grown. */
const growthTimeout = 1_500;
/** Milliseconds between two looks at its height. */
const growthPause = 60;
const heightNow = 'document.documentElement.scrollHeight';
const toTheEnd = `(() => { const height = ${heightNow}; scrollTo(0, height); return height; })()`;

/** CSS, or XPath where it begins with `/`; none of Playwright's own languages. */
export function locate(page: Page, selector: string): Locator {
  const xpath = selector.startsWith('/') || selector.startsWith('(/');
  return page.locator(xpath ? `xpath=${selector}` : `css=${selector}`).first();
}

/** Waits for the selector; what it waited for in vain, in words. */
export async function awaitSelector(page: Page, selector: string, ending: Ending): Promise<string | undefined> {
  try {
    await ending.race(locate(page, selector).waitFor({ state: 'attached', timeout: Math.max(1, ending.spare) }));
    return undefined;
  } catch (error) {
    if (!isTimeout(error)) throw asParameter(error, 'wait_for_selector', selector);
    return `wait_for_selector: nothing matched '${selector}' in time`;
  }
}

export interface Played {
  readonly screenshots: Uint8Array[];
  /** Why it stopped before its end. */
  readonly warning: string | undefined;
}

/** Plays the steps in order, until one of them fails or the time is up. */
export async function play(page: Page, steps: readonly ScenarioStep[], ending: Ending): Promise<Played> {
  const screenshots: Uint8Array[] = [];
  for (const [index, step] of steps.entries()) {
    const limit = Math.max(1, Math.min(stepTimeout, ending.spare));
    const name = `js_scenario: step ${index} (${JSON.stringify(step)})`;
    if (ending.spare < 50) return { screenshots, warning: `${name} was not reached in time` };
    try {
      const picture = await ending.race(make(page, step, limit, ending));
      if (picture !== undefined) screenshots.push(picture);
    } catch (error) {
      if (ending.over) throw error;
      if (isSelectorError(error)) throw asParameter(error, `js_scenario[${index}]`, selectorOf(step));
      const rest = index + 1 < steps.length ? '; the steps after it were not made' : '';
      return { screenshots, warning: `${name} failed: ${reasonOf(error, limit)}${rest}` };
    }
  }
  return { screenshots, warning: undefined };
}

async function make(page: Page, step: ScenarioStep, timeout: number, ending: Ending): Promise<Uint8Array | undefined> {
  if ('click' in step) await locate(page, step.click).click({ timeout });
  else if ('fill' in step) await locate(page, step.fill[0]).fill(step.fill[1], { timeout });
  else if ('press' in step) await page.keyboard.press(step.press);
  else if ('wait' in step) await ending.sleep(Math.min(step.wait, ending.spare));
  else if ('wait_for' in step) await locate(page, step.wait_for).waitFor({ state: 'attached', timeout });
  else if ('scroll' in step) await page.evaluate(`scrollBy(0, ${Number(step.scroll)})`);
  else if ('infinite_scroll' in step) await scrollOn(page, step.infinite_scroll.max, ending);
  else return page.screenshot({ type: 'png', scale: 'css', timeout });
  return undefined;
}

/** To the end, and again as long as the page grows. */
async function scrollOn(page: Page, max: number, ending: Ending): Promise<void> {
  for (let turn = 0; turn < max && ending.spare > 50; turn++) {
    const height = await page.evaluate<number>(toTheEnd);
    const until = performance.now() + Math.min(growthTimeout, ending.spare);
    while ((await page.evaluate<number>(heightNow)) <= height) {
      if (performance.now() > until) return;
      await ending.sleep(growthPause);
    }
  }
}

function selectorOf(step: ScenarioStep): string {
  if ('click' in step) return step.click;
  if ('fill' in step) return step.fill[0];
  return 'wait_for' in step ? step.wait_for : '';
}

function isSelectorError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /is not a valid (?:selector|XPath)|parsing (?:css )?selector|SyntaxError/i.test(error.message)
  );
}

function asParameter(error: unknown, parameter: string, selector: string): unknown {
  if (!isSelectorError(error)) return error;
  return new Problem('bad_parameter', `${parameter}: '${selector}' is neither a CSS selector nor an XPath from '/'`, {
    members: { parameter },
  });
}

function reasonOf(error: unknown, limit: number): string {
  if (isTimeout(error)) return `it could not be done within ${Math.round(limit)} ms`;
  return String((error as Error).message).split('\n')[0] ?? '';
}
