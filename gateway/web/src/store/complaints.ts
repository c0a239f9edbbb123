// What was not done, one line for each order: another no replaces the one before it, and a yes takes it away.

export interface Complaint {
  /** The fulfillment order that it is about; null where it is about none. */
  about: string | null;
  text: string;
}

export function complain(before: Complaint[], next: Complaint): Complaint[] {
  return [...settle(before, next.about), next];
}

export function settle(before: Complaint[], about: string | null): Complaint[] {
  return about === null ? before : before.filter((known) => known.about !== about);
}
