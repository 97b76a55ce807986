// What is raced against a call's end: whoever wins, nothing is left that nobody listens to.
import { expect, test } from 'vitest';
import { AbortError } from '../src/errors.js';
import { requestTo } from './support/scripted.js';

test('work that fails after its call was over is nobody’s unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const { call } = requestTo('http://host.example/');
  const during = call.race(new Promise((_, reject) => setTimeout(reject, 5, new Error('too late'))));
  const over = new AbortError('enough');
  call.cancel(over);
  await expect(during).rejects.toBe(over);
  const after = call.race(Promise.reject(new Error('later still')));
  await expect(after).rejects.toBe(over);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
