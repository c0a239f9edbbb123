// Which step of ordering an entry of the browser's history stands for.

export type Step = 'choose' | 'checkout';

export function stepOf(state: unknown): Step {
  return (state as { step?: Step } | null)?.step === 'checkout' ? 'checkout' : 'choose';
}

/**
 * Makes the entry say what is shown. Where goods are shown at an entry of a checkout, as after an order
 * that was placed there, a later Back to it would stay at the checkout.
 */
export function stand(history: Pick<History, 'state' | 'pushState' | 'replaceState'>, step: Step) {
  const said = stepOf(history.state);
  if (said === step) return;
  if (step === 'checkout') history.pushState({ step }, '');
  else history.replaceState(null, '');
}
