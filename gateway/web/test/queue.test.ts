import { describe, expect, it } from 'vitest';
import { Refused } from '../src/lib/http';
import { Queue, type Shelf, type Tap } from '../src/lib/queue';

function shelf(kept: Tap[] = []): Shelf & { kept: Tap[] } {
  return {
    kept,
    all: async () => [...kept],
    put: async (tap) => void kept.push(tap),
    remove: async (key) => void kept.splice(kept.findIndex((tap) => tap.key === key), 1),
  };
}

const settle = () => new Promise((done) => setTimeout(done, 5));

describe('the queue of taps', () => {
  it('keeps taps without a network and says them in order when it is back', async () => {
    const said: unknown[] = [];
    let isOnline = false;
    const place = shelf();
    const queue = new Queue(
      place,
      async (tap) => {
        if (!isOnline) throw new Refused('offline', 'no network', 0);
        said.push(tap.command.name);
      },
      { waiting: () => {}, refused: () => {} },
    );
    await queue.add({ name: 'start' });
    await queue.add({ name: 'pack' });
    await settle();
    expect([said, place.kept.length]).toEqual([[], 2]);
    isOnline = true;
    await queue.send();
    expect([said, place.kept.length]).toEqual([['start', 'pack'], 0]);
  });

  it('says the taps of an earlier visit first, under their old keys', async () => {
    const said: string[] = [];
    const early: Tap = { key: 'early', at: 5, command: { name: 'start' } };
    const queue = new Queue(shelf([early]), async (tap) => said.push(tap.key), {
      waiting: () => {},
      refused: () => {},
    });
    await queue.open();
    const late = await queue.add({ name: 'pack' });
    await settle();
    expect(said).toEqual(['early', late.key]);
  });

  it('says a tap again that a full server has put off', async () => {
    const said: number[] = [];
    const place = shelf();
    const queue = new Queue(
      place,
      async () => {
        said.push(said.length);
        if (said.length === 1) throw new Refused('rate_limited', 'later', 409, 1);
      },
      { waiting: () => {}, refused: () => expect.unreachable() },
    );
    await queue.add({ name: 'pack' });
    await settle();
    await settle();
    expect([said.length, place.kept.length]).toEqual([2, 0]);
  });

  it('tells about a tap that lost the race and goes on', async () => {
    const told: string[] = [];
    const said: string[] = [];
    const queue = new Queue(
      shelf(),
      async (tap) => {
        if (tap.command.name === 'advance') throw new Refused('wrong_state', 'no', 409);
        said.push(tap.command.name);
      },
      { waiting: () => {}, refused: (tap, fault) => told.push(`${tap.command.name} ${fault.code}`) },
    );
    await queue.add({ name: 'advance' });
    await queue.add({ name: 'off_duty' });
    await settle();
    expect([told, said]).toEqual([['advance wrong_state'], ['off_duty']]);
  });
});
