/** Does something every so many milliseconds while the page is seen: nobody reads a hidden one. What
 * it answers ends it, as `onMount` wants it. */
export function whileSeen(everyMs: number, load: () => unknown): () => void {
  const timer = setInterval(() => void (!document.hidden && load()), everyMs);
  return () => clearInterval(timer);
}
