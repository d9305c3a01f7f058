import { expect, test } from 'vitest';
import { outage } from './outage.ts';

test('while the database is away every door answers 503 with Retry-After and tells no cause, and all of it comes back by itself (NOT-1, ACT-3)', async () => {
  const { unclear, asked, code, slowest } = await outage({ seconds: 1 });
  expect(unclear).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(7);
  expect(slowest).toBeLessThan(10_000);
  expect(code).toBe(0);
}, 120_000);
