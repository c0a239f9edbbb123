/** An order's money as it was shown when it was placed: goods line by line, then each fee. */
import type { OrderView } from '../wire';

export interface Fee {
  kind: string;
  fen: number;
}

export interface Bill {
  /** By line: what its goods cost after discounts; absent where money is not shown. */
  goods: Map<number, number>;
  fees: Fee[];
}

/** Fees are kept with the lines that they were spread over; here they are put together again. */
export function billOf(order: Pick<OrderView, 'lines'>): Bill {
  const goods = new Map<number, number>();
  const fees = new Map<string, number>();
  for (const { line, price } of order.lines) {
    if (!price) continue;
    const spread = price.fees.reduce((sum, fee) => sum + fee.amount_fen, 0);
    goods.set(line, price.paid_fen - spread);
    for (const fee of price.fees) fees.set(fee.source, (fees.get(fee.source) ?? 0) + fee.amount_fen);
  }
  return { goods, fees: [...fees].map(([kind, fen]) => ({ kind, fen })).filter((fee) => fee.fen > 0) };
}
