import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../src/lib/http';
import { SocketClient, type Line } from '../src/lib/socket';

const BOARD = { kind: 'board', id: 's1' } as const;

/** The other end of one socket. */
class Wire {
  static all: Wire[] = [];
  readyState = 1;
  said: Record<string, unknown>[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string) {
    this.said.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.readyState = 3;
  }
  frame(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  hello(epoch = 1) {
    this.frame({ type: 'hello', connection: 1, server_now: 1_000, heartbeat_s: 20, epoch });
  }
  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function wire(index: number): Wire {
  const found = Wire.all.at(index);
  if (!found) throw new Error(`socket ${index} was not opened`);
  return found;
}

describe('a socket', () => {
  let lines: Line[];
  let tickets: number;
  let refuse: Refused | null;
  let client: SocketClient;
  const settle = () => vi.advanceTimersByTimeAsync(0);

  beforeEach(() => {
    vi.useFakeTimers();
    Wire.all = [];
    lines = [];
    tickets = 0;
    refuse = null;
    client = new SocketClient({
      url: 'ws://here/v1/socket',
      ticket: async () => {
        if (refuse) throw refuse;
        tickets += 1;
        return `t${tickets}`;
      },
      onLine: (line) => lines.push(line),
      random: () => 0,
      open: (url) => new Wire(url) as unknown as WebSocket,
    });
  });
  afterEach(() => {
    client.stop();
    vi.useRealTimers();
  });

  it('subscribes after the hello and resumes where it was', async () => {
    const heard: unknown[] = [];
    client.watch(BOARD, { snapshot: (s) => heard.push(s), delta: (d) => heard.push(d) });
    client.start();
    await settle();
    expect(wire(0).url).toBe('ws://here/v1/socket?ticket=t1');
    wire(0).hello();
    expect(wire(0).said).toEqual([{ type: 'subscribe', topic: BOARD }]);
    wire(0).frame({ type: 'snapshot', topic: BOARD, epoch: 1, seq: 4, state: 'whole' });
    wire(0).frame({ type: 'delta', topic: BOARD, epoch: 1, seq: 5, change: 'five' });
    wire(0).drop();
    await vi.advanceTimersByTimeAsync(500);
    wire(1).hello();
    expect(wire(1).said).toEqual([{ type: 'subscribe', topic: BOARD, resume: { epoch: 1, seq: 5 } }]);
    wire(1).frame({ type: 'delta', topic: BOARD, epoch: 1, seq: 6, change: 'six' });
    expect(heard).toEqual(['whole', 'five', 'six']);
  });

  it('drops what it has on a reset and never applies a delta over a hole', async () => {
    const heard: unknown[] = [];
    client.watch(BOARD, { snapshot: (s) => heard.push(s), delta: (d) => heard.push(d) });
    client.start();
    await settle();
    wire(0).hello();
    wire(0).frame({ type: 'snapshot', topic: BOARD, epoch: 1, seq: 4, state: 'old' });
    wire(0).frame({ type: 'delta', topic: BOARD, epoch: 1, seq: 4, change: 'doubled' });
    wire(0).frame({ type: 'delta', topic: BOARD, epoch: 1, seq: 7, change: 'over a hole' });
    expect(wire(0).said.at(-1)).toEqual({ type: 'subscribe', topic: BOARD, resume: { epoch: 1, seq: 4 } });
    wire(0).frame({ type: 'reset', topic: BOARD, why: 'gap' });
    wire(0).frame({ type: 'delta', topic: BOARD, epoch: 1, seq: 5, change: 'before the snapshot' });
    wire(0).frame({ type: 'snapshot', topic: BOARD, epoch: 2, seq: 1, state: 'new' });
    expect(heard).toEqual(['old', 'new']);
  });

  it('says an unanswered command again under its key, and settles it once', async () => {
    client.start();
    await settle();
    wire(0).hello();
    const done = client.command('k1', { name: 'pack' });
    const refused = client.command('k2', { name: 'pack' });
    wire(0).drop(1001);
    await vi.advanceTimersByTimeAsync(500);
    wire(1).hello(2);
    const ids = wire(1).said.map((frame) => frame['id']);
    expect(ids).toEqual(['k1', 'k2']);
    wire(1).frame({ type: 'done', id: 'k1', seq: 9 });
    wire(1).frame({ type: 'refused', id: 'k2', code: 'wrong_code', message: 'no' });
    expect(await done).toBe(9);
    await expect(refused).rejects.toMatchObject({ code: 'wrong_code' });
    wire(1).drop();
    await vi.advanceTimersByTimeAsync(1_000);
    wire(2).hello(2);
    expect(wire(2).said).toEqual([]);
  });

  it('waits longer each time, up to half a minute', async () => {
    client.start();
    await settle();
    const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
    for (const wait of waits) {
      const before = Wire.all.length;
      wire(-1).drop();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(Wire.all.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(Wire.all.length).toBe(before + 1);
    }
  });

  it('leaves a socket from which nothing is heard', async () => {
    client.start();
    await settle();
    wire(0).hello();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(wire(0).said).toEqual([{ type: 'ping' }, { type: 'ping' }]);
    await vi.advanceTimersByTimeAsync(20_500);
    expect(Wire.all.length).toBe(2);
  });

  it('stops trying when it is not let in', async () => {
    refuse = new Refused('token_invalid', 'no', 401);
    client.start();
    await settle();
    expect(lines.at(-1)).toBe('refused');
    refuse = null;
    client.stop();
    client.start();
    await settle();
    wire(0).hello();
    wire(0).drop(4003);
    expect(lines.at(-1)).toBe('refused');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Wire.all.length).toBe(1);
  });

  it('ends a topic that it may not hear', async () => {
    const ended: string[] = [];
    client.watch(BOARD, { snapshot: () => {}, delta: () => {}, ended: (fault) => ended.push(fault.code) });
    client.start();
    await settle();
    wire(0).hello();
    wire(0).frame({ type: 'error', topic: BOARD, code: 'forbidden', message: 'no' });
    expect(ended).toEqual(['forbidden']);
  });
});
