// Line by line, what a quote took off and by what.

import type { QuoteView, ShareView } from '../wire';

export interface Part {
  source: string;
  /** Of the campaign, where it is one. */
  name: string | undefined;
  offFen: number;
}

export interface ExplainedLine {
  sku: string;
  title: string;
  listFen: number;
  parts: Part[];
  goodsFen: number;
}

/** What one thing takes off one line, whoever carries it. */
export function parts(shares: ShareView[], names: Map<string, string>): Part[] {
  const sums = new Map<string, number>();
  for (const { source, amount_fen } of shares) sums.set(source, (sums.get(source) ?? 0) + amount_fen);
  return [...sums].map(([source, offFen]) => ({ source, name: names.get(source.split(':')[1] ?? ''), offFen }));
}

export function explained({ lines, explanation }: QuoteView): ExplainedLine[] {
  const names = new Map(explanation.applied.map(({ campaign, name }) => [campaign, name]));
  return lines.map((line) => ({
    sku: line.sku,
    title: `${line.quantity}× ${line.name}`,
    listFen: line.list_price_fen * line.quantity,
    parts: parts(line.shares, names),
    goodsFen: line.goods_fen,
  }));
}
