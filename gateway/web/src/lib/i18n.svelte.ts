// Two languages, checked by the compiler: a word that one lacks does not build.

export type Language = 'zh' | 'en';
type Words = Record<string, string | ((...values: never[]) => string)>;

const KEPT = 'paidan.language';

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

const chosen = $state({ language: first() });

export function language(): Language {
  return chosen.language;
}

export function locale(): string {
  return chosen.language === 'zh' ? 'zh-CN' : 'en-GB';
}

export function speak(next: Language) {
  chosen.language = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = locale();
}

/** The words of one screen; ask again at each use, so that a change of language is seen. */
export function dictionary<W extends Words>(zh: W, en: { [K in keyof W]: W[K] }): () => W {
  return () => (chosen.language === 'zh' ? zh : (en as W));
}

/** The word for a name of the wire; an unknown one is shown as it came. */
export function pick(words: Record<string, string>, name: string): string {
  return words[name] ?? name;
}
