import { expect, test } from 'vitest';
import { stand, stepOf } from '../src/shop/way';

/** A tab's history, as far as one page uses it. */
class Tab {
  entries: unknown[] = [null];
  at = 0;
  get state() {
    return this.entries[this.at];
  }
  pushState(state: unknown) {
    this.entries = [...this.entries.slice(0, this.at + 1), state];
    this.at += 1;
  }
  replaceState(state: unknown) {
    this.entries[this.at] = state;
  }
  back() {
    this.at -= 1;
    return stepOf(this.state);
  }
}

test('the checkout is left by Back', () => {
  const tab = new Tab();
  stand(tab, 'checkout');
  expect(stepOf(tab.state)).toBe('checkout');
  expect(tab.back()).toBe('choose');
});

test('so is the next one, begun after an order was followed and Back was pressed', () => {
  const tab = new Tab();
  stand(tab, 'checkout');
  tab.pushState('tracking');
  expect(tab.back()).toBe('checkout');
  // The order is placed: the shop begins anew, on the entry of the checkout before.
  stand(tab, 'choose');
  stand(tab, 'checkout');
  expect(tab.back()).toBe('choose');
  expect(tab.entries).toHaveLength(3);
});

test('a reload at the checkout adds no entry', () => {
  const tab = new Tab();
  stand(tab, 'checkout');
  stand(tab, 'checkout');
  expect(tab.entries).toHaveLength(2);
});
