// Taps that wait for a network: kept in IndexedDB, said in order, each under its own key. A tap that
// lost the race is told, never dropped in silence.

import { newKey, Refused } from './http';
import type { CommandBody } from './socket';

const RETRY_MS = 2_000;

/** A picture that goes to the server before its command and is named in its proof. */
export interface PictureToSend {
  what: 'photo' | 'signature';
  /** Under which name the proof names it. */
  field: 'photo' | 'picture';
  blob: Blob;
}

export interface Tap {
  key: string;
  /** When it was tapped, by this device; also the order of the queue. */
  at: number;
  command: CommandBody;
  picture?: PictureToSend;
}

export interface Shelf {
  all(): Promise<Tap[]>;
  put(tap: Tap): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Taps of one person on one screen. */
export class Queue {
  private taps: Tap[] = [];
  private isSending = false;
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly shelf: Shelf,
    private readonly say: (tap: Tap) => Promise<unknown>,
    private readonly tell: { waiting(taps: Tap[]): void; refused(tap: Tap, fault: Refused): void },
  ) {}

  /** What an earlier visit left unsaid comes first. */
  async open() {
    this.taps = (await this.shelf.all()).sort((one, other) => one.at - other.at);
    this.last = this.taps.at(-1)?.at ?? 0;
    this.changed();
    void this.send();
  }

  async add(command: CommandBody, picture?: PictureToSend): Promise<Tap> {
    // Two taps of one millisecond keep their order too.
    this.last = Math.max(Date.now(), this.last + 1);
    const tap: Tap = { key: newKey(), at: this.last, command, ...(picture && { picture }) };
    this.taps.push(tap);
    this.changed();
    await this.shelf.put(tap);
    void this.send();
    return tap;
  }

  /** One after the other: a later step may need the one before it. */
  async send() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let tap = this.taps[0]; tap; tap = this.taps[0]) {
        try {
          await this.say(tap);
        } catch (fault) {
          if (!(fault instanceof Refused)) throw fault;
          if (fault.isOpen) {
            this.later(fault);
            return;
          }
          this.tell.refused(tap, fault);
        }
        this.taps = this.taps.filter((known) => known !== tap);
        await this.shelf.remove(tap.key);
        this.changed();
      }
    } finally {
      this.isSending = false;
    }
  }

  /** A server that answers `later` is asked again; one that cannot be reached calls by itself. */
  private later(fault: Refused) {
    clearTimeout(this.timer);
    if (fault.status === 0) return;
    this.timer = setTimeout(() => void this.send(), fault.retryAfterMs ?? RETRY_MS);
  }

  private changed() {
    this.tell.waiting([...this.taps]);
  }
}

const STORE = 'taps';

/** The shelf in this browser; `name` tells one person's taps from another's. */
export async function openShelf(name: string): Promise<Shelf> {
  const database = await new Promise<IDBDatabase>((done, failed) => {
    const opening = indexedDB.open(`paidan-${name}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'key' });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error ?? new Error('IndexedDB cannot be opened'));
  });
  const ask = <T>(mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest<T>) =>
    new Promise<T>((done, failed) => {
      const transaction = database.transaction(STORE, mode);
      const request = question(transaction.objectStore(STORE));
      // A tap is kept when the transaction is over, not when it was asked for.
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = () => failed(transaction.error ?? new Error('IndexedDB failed'));
    });
  return {
    all: () => ask('readonly', (store) => store.getAll() as IDBRequest<Tap[]>),
    put: async (tap) => void (await ask('readwrite', (store) => store.put(tap))),
    remove: async (key) => void (await ask('readwrite', (store) => store.delete(key))),
  };
}
