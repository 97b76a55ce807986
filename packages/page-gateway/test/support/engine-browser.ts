// What a Chromium that renders looks like, where a test needs none that runs.
import type { EngineBrowser } from '../../src/identity/engine-browser.js';

export const engine: EngineBrowser = {
  ...{
    browser: 'chrome',
    version: '126.0.0.0',
    platform: 'linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Engine',
  },
  hints: {
    brands: [{ brand: 'Chromium', version: '126' }],
    fullVersionList: [{ brand: 'Chromium', version: '126.0.0.0' }],
    ...{ platform: 'Linux', platformVersion: '', architecture: 'x86', bitness: '64', model: '', mobile: false },
  },
};
