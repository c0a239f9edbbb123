/** What headquarters can do about holding an order: the server refuses a hold once stores see it. */
export function holding(status: string): 'hold' | 'release' | null {
  if (status === 'placing' || status === 'pending_payment') return 'hold';
  if (status === 'on_hold') return 'release';
  return null;
}
