// Words for how goods changed hands, for the pages of shoppers, stores and headquarters.

import { dictionary, pick } from './i18n.svelte';

export const proofWords = dictionary(
  {
    proof: '交付凭证',
    gone: '图片已删除或无权查看',
    kinds: (name: string) => pick({
      handed_to_person: '交给本人',
      left_at_door: '放在门口',
      photo: '拍照',
      signature: '签名',
      code: '收货码',
    }, name),
  },
  {
    proof: 'Proof of delivery',
    gone: 'The picture was erased, or is not yours to see',
    kinds: (name: string) => pick({
      handed_to_person: 'Handed to a person',
      left_at_door: 'Left at the door',
      photo: 'Photo',
      signature: 'Signature',
      code: 'Code',
    }, name),
  },
);
