import { expect, test } from 'vitest';
import { holding } from '../src/hq/holding';

test('an order is held for review before stores see it, and released afterwards', () => {
  expect(holding('placing')).toBe('hold');
  expect(holding('pending_payment')).toBe('hold');
  expect(holding('on_hold')).toBe('release');
  for (const status of ['open', 'completed', 'cancelled', 'expired', 'refused']) {
    expect(holding(status), status).toBeNull();
  }
});
