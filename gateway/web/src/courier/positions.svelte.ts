// Where the courier is, measured while on duty only: sent in batches, kept for a while without a
// network, and stopped at once when the duty ends.

import { serverNow } from '../lib/clock.svelte';
import { distance, type Point } from '../lib/place';
import type { SocketClient } from '../lib/socket';

const SEND_EVERY_MS = 5_000;
const STILL_EVERY_MS = 30_000;
const MOVED_M = 10;
const MOST_KEPT = 500;

interface Ping extends Point {
  at: number;
}

export class Positions {
  here = $state.raw<Point | null>(null);
  sentAt = $state<number | null>(null);
  isAllowed = $state<boolean | null>(null);
  private kept: Ping[] = [];
  private last: Ping | null = null;
  private watcher: number | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `demo`: a visitor at a desk begins there, rides by tapping, and is where the last tap led. */
  constructor(
    private readonly socket: SocketClient,
    private readonly demo: Point | null,
  ) {}

  start() {
    if (this.watcher !== null || this.timer !== undefined) return;
    this.timer = setInterval(() => this.send(), SEND_EVERY_MS);
    if (this.demo) {
      this.take(this.here ?? this.demo, 0);
      return;
    }
    this.watcher = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => this.take({ lat: coords.latitude, lon: coords.longitude }, Date.now() - timestamp),
      (error) => (this.isAllowed = error.code === error.PERMISSION_DENIED ? false : this.isAllowed),
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
  }

  /** In a demo, the ride to a place takes no time. */
  ride(to: Point) {
    if (this.demo) this.take({ lat: to.lat, lon: to.lon }, 0);
  }

  /** Said again now: whoever has just come to work is looked for. */
  repeat() {
    if (!this.last) return;
    this.last = { ...this.last, at: serverNow() };
    this.kept = [...this.kept, this.last].slice(-MOST_KEPT);
    this.send();
  }

  stop() {
    if (this.watcher !== null) navigator.geolocation.clearWatch(this.watcher);
    this.watcher = null;
    clearInterval(this.timer);
    this.timer = undefined;
    this.kept = [];
    this.last = null;
    this.sentAt = null;
  }

  private take(place: Point, agoMs: number) {
    this.isAllowed = true;
    this.here = place;
    const at = serverNow() - Math.max(0, Math.min(agoMs, 10_000));
    const has = this.last;
    if (has && distance(has, place) < MOVED_M && at - has.at < STILL_EVERY_MS) return;
    const isFirst = has === null;
    this.last = { ...place, at };
    this.kept = [...this.kept, this.last].slice(-MOST_KEPT);
    if (isFirst) this.send();
  }

  private send() {
    // Somebody who stands still measures nothing new: said again, so that nobody thinks them lost.
    const { last } = this;
    if (last && this.kept.length === 0 && serverNow() - last.at > STILL_EVERY_MS) this.take(last, 0);
    if (this.kept.length === 0 || !this.socket.positions(this.kept)) return;
    this.kept = [];
    this.sentAt = serverNow();
  }
}
