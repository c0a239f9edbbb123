import { expect, it } from 'vitest';
import { linked } from '../src/lib/session';

it('keeps a link for every view of headquarters, and for one store, courier or order alone', () => {
  for (const path of ['/hq', '/hq/', '/hq/stores', '/hq/orders/019ab3c0']) expect(linked(path)).toBe('/hq');
  for (const path of ['/store/1', '/courier/2', '/track/3', '/hqx', '/shop']) expect(linked(path)).toBe(path);
});
