// What a no of the server says, in the language of the page. The server speaks English; the Chinese words
// come after the first view, or with the first refusal.

import type { Refused } from './http';
import { language } from './i18n.svelte';
import { common } from './words';

let inChinese: typeof import('./faultWords').inChinese | undefined;

/** Fetches the words where the page speaks Chinese; where that fails they are asked for next time. */
export async function learn(): Promise<void> {
  if (inChinese || language() !== 'zh') return;
  inChinese = (await import('./faultWords').catch(() => undefined))?.inChinese;
}

export function whyNot(fault: unknown): string {
  if (!isRefused(fault)) return common().wrong;
  return language() === 'zh' && inChinese ? inChinese(fault) : fault.message;
}

/** By its shape: the class asks for these words itself. */
function isRefused(fault: unknown): fault is Refused {
  return fault instanceof Error && 'code' in fault && 'status' in fault;
}
