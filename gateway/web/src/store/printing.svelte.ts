// How this device prints tickets: it is the device's own matter, and is kept on it.

const KEPT = 'paidan.store.printing';
export const WIDTHS = [58, 80] as const;
export type Width = (typeof WIDTHS)[number];

interface Printing {
  width: Width;
  /** Prints a ticket by itself when an order is accepted here. */
  onAccept: boolean;
}

function kept(): Printing {
  const usual: Printing = { width: 80, onAccept: false };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Printing>) };
  } catch {
    return usual;
  }
}

export const printing = $state<Printing>(kept());

export function keepPrinting(change: Partial<Printing>) {
  Object.assign(printing, change);
  localStorage.setItem(KEPT, JSON.stringify(printing));
}
