// What a process is told once, however many sessions it makes: so this file runs in a process of its own.

import { Session } from 'errand';
import { expect, test, vi } from 'vitest';

test('unchecked certificates: one warning for all sessions, and none for a session that checks', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  await using checking = new Session({ tls: { rejectUnauthorized: true } });
  expect(checking.closed).toBe(false);
  expect(warn).not.toHaveBeenCalled();
  for (let made = 0; made < 3; made++) {
    await using unchecked = new Session({ tls: { rejectUnauthorized: false } });
    expect(unchecked.closed).toBe(false);
  }
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0])).toContain('rejectUnauthorized');
});
