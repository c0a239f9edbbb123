import { dictionary } from '../lib/i18n.svelte';

export const words = dictionary(
  {
    parcel: '快递',
    backGood: '已退回：完好，可再卖',
    backDamaged: '已退回：破损，另放',
    loseSure: '商品按丢失处理，货款退给顾客，之后不能更改。',
  },
  {
    parcel: 'Parcel',
    backGood: 'Back, good: sell again',
    backDamaged: 'Back, damaged: keep aside',
    loseSure: 'The goods count as lost and the shopper gets the money back. This cannot be changed afterwards.',
  },
);
