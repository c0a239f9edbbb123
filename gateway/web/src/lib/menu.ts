// A menu made of <details>: it closes on a choice, on a tap beside it, and on Escape.

export function menu(node: HTMLDetailsElement) {
  const close = () => (node.open = false);
  const outside = (event: Event) => {
    if (node.open && !node.contains(event.target as Node)) close();
  };
  const chosen = (event: Event) => {
    const target = event.target as Element;
    if (target.closest('a, button')) close();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !node.open) return;
    close();
    node.querySelector('summary')?.focus();
  };
  document.addEventListener('pointerdown', outside);
  node.addEventListener('click', chosen);
  node.addEventListener('keydown', key);
  return {
    destroy() {
      document.removeEventListener('pointerdown', outside);
    },
  };
}
