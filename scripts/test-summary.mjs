// Prints how the last test run on CI ended, in one plain line; fails where it left no results.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
  readFileSync(new URL('../node_modules/.vitest/results.json', import.meta.url), 'utf8'),
);
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
