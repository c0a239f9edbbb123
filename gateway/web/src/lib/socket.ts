// A client of docs/protocol.md: tickets, topics that resume where they were, commands that are said
// again until they are answered. It knows no page and keeps nothing over a reload.

import type { ServerFrame, TopicName } from '../wire';
import { Refused } from './http';

export type Line = 'connecting' | 'live' | 'waiting' | 'refused' | 'closed';

export interface Listener {
  /** The topic whole; replaces everything known of it. */
  snapshot(state: unknown): void;
  /** The newest whole of what changed. */
  delta(change: unknown): void;
  position?(frame: Extract<ServerFrame, { type: 'position' }>): void;
  acknowledged?(fulfillmentOrders: string[]): void;
  /** The topic is not there, or not yours any more. */
  ended?(fault: Refused): void;
}

export interface Options {
  /** Asks for a ticket; a `Refused` of 401 or 403 ends the trying. */
  ticket(): Promise<string>;
  /** Where the socket is, without the ticket. */
  url: string;
  onLine?(line: Line): void;
  onHello?(serverNow: number): void;
  /** For tests: 0 to 1, timers, sockets. */
  random?(): number;
  open?(url: string): WebSocket;
}

export interface CommandBody {
  name: string;
  [field: string]: unknown;
}

interface Watched {
  topic: TopicName;
  listener: Listener;
  epoch?: number;
  seq?: number;
}

interface Waiting {
  id: string;
  command: CommandBody;
  done(seq: number): void;
  refused(fault: Refused): void;
}

const PING_EVERY_MS = 20_000;
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 30_000;
const FORBIDDEN = 4003;

export class SocketClient {
  line: Line = 'closed';
  private socket: WebSocket | null = null;
  private readonly topics = new Map<string, Watched>();
  private readonly waiting = new Map<string, Waiting>();
  private tries = 0;
  private heardAt = 0;
  private isWanted = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private readonly onNetwork = () => this.hurry();

  constructor(private readonly options: Options) {}

  start() {
    if (this.isWanted) return;
    this.isWanted = true;
    globalThis.addEventListener?.('online', this.onNetwork);
    void this.connect();
  }

  stop() {
    this.isWanted = false;
    globalThis.removeEventListener?.('online', this.onNetwork);
    this.hangUp();
    this.tell('closed');
  }

  /** Listens to a topic until the answer is called. */
  watch(topic: TopicName, listener: Listener): () => void {
    const key = name(topic);
    const watched: Watched = { topic, listener };
    this.topics.set(key, watched);
    this.subscribe(watched);
    return () => {
      if (this.topics.get(key) !== watched) return;
      this.topics.delete(key);
      this.say({ type: 'unsubscribe', topic });
    };
  }

  /** Says a command under its key until it is answered; the same key is carried out once. */
  command(id: string, command: CommandBody): Promise<number> {
    return new Promise((done, refused) => {
      this.waiting.set(id, { id, command, done, refused });
      this.say({ type: 'command', id, command });
    });
  }

  /** Lost when nobody hears it: the next ones make up for it. */
  positions(pings: { lat: number; lon: number; at: number }[]): boolean {
    return this.say({ type: 'positions', pings });
  }

  /** The network is back: no use waiting any longer. */
  hurry() {
    if (this.line !== 'waiting') return;
    this.tries = 0;
    clearTimeout(this.retry);
    void this.connect();
  }

  private async connect() {
    this.tell('connecting');
    let ticket: string;
    try {
      ticket = await this.options.ticket();
    } catch (fault) {
      if (fault instanceof Refused && (fault.status === 401 || fault.status === 403)) {
        this.tell('refused');
      } else {
        this.later();
      }
      return;
    }
    if (!this.isWanted) return;
    const url = `${this.options.url}?ticket=${encodeURIComponent(ticket)}`;
    const socket = this.options.open ? this.options.open(url) : new WebSocket(url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onmessage = (event) => this.hear(JSON.parse(String(event.data)) as ServerFrame);
    socket.onclose = (event) => this.lost(socket, event.code);
    clearInterval(this.beat);
    this.beat = setInterval(() => this.check(socket), PING_EVERY_MS);
  }

  private check(socket: WebSocket) {
    if (Date.now() - this.heardAt > SILENCE_MS) this.lost(socket, 0);
    else this.say({ type: 'ping' });
  }

  private lost(socket: WebSocket, code: number) {
    if (this.socket !== socket) return;
    this.hangUp();
    if (!this.isWanted) return;
    if (code === FORBIDDEN) this.tell('refused');
    else this.later();
  }

  private hangUp() {
    const socket = this.socket;
    this.socket = null;
    clearInterval(this.beat);
    clearTimeout(this.retry);
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private later() {
    const random = this.options.random ?? Math.random;
    const most = Math.min(1_000 * 2 ** this.tries, LONGEST_WAIT_MS);
    this.tries += 1;
    this.tell('waiting');
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), most * (0.5 + 0.5 * random()));
  }

  private hear(frame: ServerFrame) {
    this.heardAt = Date.now();
    switch (frame.type) {
      case 'hello':
        this.tries = 0;
        this.options.onHello?.(frame.server_now);
        this.tell('live');
        this.topics.forEach((watched) => this.subscribe(watched));
        this.waiting.forEach(({ id, command }) => this.say({ type: 'command', id, command }));
        break;
      case 'snapshot':
        this.move(frame, (listener) => listener.snapshot(frame.state));
        break;
      case 'delta':
        this.follow(frame);
        break;
      case 'reset': {
        const watched = this.topics.get(name(frame.topic));
        if (watched) delete watched.seq;
        break;
      }
      case 'position':
        this.topics.get(name(frame.topic))?.listener.position?.(frame);
        break;
      case 'acknowledged':
        this.topics.get(name(frame.topic))?.listener.acknowledged?.(frame.fulfillment_orders);
        break;
      case 'done':
        this.settle(frame.id)?.done(frame.seq);
        break;
      case 'refused':
        this.settle(frame.id)?.refused(new Refused(frame.code, frame.message, 409, frame.retry_after_ms ?? undefined));
        break;
      case 'error':
        this.complain(frame);
        break;
      case 'pong':
        break;
    }
  }

  /** A delta continues the one before it; one that does not is asked for again from where we are. */
  private follow(frame: Extract<ServerFrame, { type: 'delta' }>) {
    const watched = this.topics.get(name(frame.topic));
    if (!watched || watched.seq === undefined) return;
    if (frame.epoch !== watched.epoch || frame.seq !== watched.seq + 1) {
      if (frame.epoch === watched.epoch && frame.seq <= watched.seq) return;
      this.subscribe(watched);
      return;
    }
    this.move(frame, (listener) => listener.delta(frame.change));
  }

  private move(frame: { topic: TopicName; epoch: number; seq: number }, tell: (listener: Listener) => void) {
    const watched = this.topics.get(name(frame.topic));
    if (!watched) return;
    watched.epoch = frame.epoch;
    watched.seq = frame.seq;
    tell(watched.listener);
  }

  private complain(frame: Extract<ServerFrame, { type: 'error' }>) {
    const fault = new Refused(frame.code, frame.message, 409);
    const watched = frame.topic ? this.topics.get(name(frame.topic)) : undefined;
    if (!watched) return;
    this.topics.delete(name(watched.topic));
    watched.listener.ended?.(fault);
  }

  private settle(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private subscribe({ topic, epoch, seq }: Watched) {
    const resume = epoch !== undefined && seq !== undefined ? { epoch, seq } : undefined;
    this.say({ type: 'subscribe', topic, ...(resume && { resume }) });
  }

  private say(frame: object): boolean {
    if (this.line !== 'live' || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private tell(line: Line) {
    if (line === this.line) return;
    this.line = line;
    this.options.onLine?.(line);
  }
}

function name(topic: TopicName): string {
  return 'id' in topic ? `${topic.kind}/${topic.id}` : topic.kind;
}

/** The address of the sockets of the server that this page came from. */
export function socketAddress(at: { protocol: string; host: string } = location): string {
  return `${at.protocol === 'https:' ? 'wss' : 'ws'}://${at.host}/v1/socket`;
}
