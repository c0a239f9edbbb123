// The server's clock, whatever this device's says. One tick a second for all timers of a page.

import type { ClockView } from '../wire';

let serverAt = Date.now();
let heardAt = performance.now();
let scale = 1;
let fastUntil = Infinity;
const tick = $state({ now: Date.now() });

/** What `GET /v1/clock` said, just now. */
export function setClock(clock: ClockView) {
  serverAt = clock.now;
  heardAt = performance.now();
  scale = clock.scale;
  fastUntil = clock.fast_for_ms == null ? Infinity : heardAt + clock.fast_for_ms;
  tick.now = serverNow();
}

/** What a socket's first frame said. */
export function setNow(now: number) {
  if (performance.now() > fastUntil) scale = 1;
  serverAt = now;
  heardAt = performance.now();
  tick.now = now;
}

export function serverNow(): number {
  const at = performance.now();
  const fast = Math.max(0, Math.min(at, fastUntil) - heardAt);
  const slow = Math.max(0, at - Math.max(heardAt, fastUntil));
  return Math.round(serverAt + fast * scale + slow);
}

/** The server's time to the second; whoever reads it in a template is drawn again each second. */
export function now(): number {
  return tick.now;
}

setInterval(() => (tick.now = serverNow()), 1_000);
