import { describe, expect, it } from 'vitest';
import { datesOf, exceptionsOf, spansOf, textOf } from '../src/hq/hours';

describe('opening hours as they are typed', () => {
  it('are spans of a day, or a day off', () => {
    const spans = [
      { open: '08:00', close: '12:00' },
      { open: '18:00', close: '02:00' },
    ];
    expect(spansOf('08:00-12:00 18:00–02:00')).toEqual(spans);
    expect(spansOf(textOf(spans))).toEqual(spans);
    expect(spansOf(' ')).toEqual([]);
    expect(spansOf('00:00-24:00')).toEqual([{ open: '00:00', close: '24:00' }]);
    for (const wrong of ['8-12', '08:00', '24:00-02:00', '08:00-25:00', '08:60-09:00']) expect(spansOf(wrong), wrong).toBeNull();
  });

  it('have exceptions by date, and say which line is none', () => {
    const text = '2027-02-07 10:00-16:00\n\n2027-02-06';
    const { exceptions, wrong } = exceptionsOf(text);
    expect(wrong).toBeNull();
    expect(exceptions).toEqual({ '2027-02-06': [], '2027-02-07': [{ open: '10:00', close: '16:00' }] });
    expect(datesOf(exceptions)).toBe('2027-02-06\n2027-02-07 10:00-16:00');
    expect(exceptionsOf('2027-02-06\n2027-02-30').wrong).toBe(2);
    expect(exceptionsOf('tomorrow').wrong).toBe(1);
  });
});
