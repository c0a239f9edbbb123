// Light or dark: as the system says until somebody chooses.

export type Theme = 'day' | 'night';
const KEPT = 'paidan.theme';

function first(): Theme {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'day' || kept === 'night') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day';
}

const chosen = $state({ theme: first() });

export function theme(): Theme {
  return chosen.theme;
}

export function paint(next: Theme) {
  chosen.theme = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.dataset.theme = next;
}

/** Paints for a while; nothing says again what was chosen. */
export function lend(theme: Theme | null) {
  chosen.theme = theme ?? first();
  document.documentElement.dataset.theme = chosen.theme;
}
