// Which proofs a courier may show at a door: pure, so that it can be tested. The server refuses
// what does not suffice; this only spares the courier the way there.

import type { PictureToSend } from '../lib/queue';

export type Way = 'handed_to_person' | 'left_at_door' | 'photo' | 'signature' | 'code';

/** What is said with `delivered`; a picture goes before it and is named in it. */
export interface Shown {
  proof: { kind: string; code?: string };
  picture?: PictureToSend;
}

const STRONGER: Record<string, Way[]> = {
  photo: ['photo', 'left_at_door', 'signature', 'code'],
  signature: ['signature', 'code'],
  code: ['code'],
};

/** The ways that meet what is asked for, the plainest first. */
export function ways(need: string | null): Way[] {
  if (!need) return ['handed_to_person', 'left_at_door', 'photo', 'signature'];
  return STRONGER[need] ?? ['code'];
}
