import { dictionary } from '../lib/i18n.svelte';

export const words = dictionary(
  {
    none: '没有内容',
    newTransfer: '新建调拨',
    units: '件数',
    keep: '立即留货',
    create: '建调拨单',
    created: '已建',
    ready: '留货',
    cancel: '取消',
    why: '取消原因',
    cancelled: '已取消',
    inTransit: (units: number) => `在途 ${units}`,
    take: (name: string) => `移除 ${name}`,
    lines: '商品',
    status_draft: '待确认',
    status_ready: '已留货',
    status_in_transit: '运输中',
    status_partially_received: '部分收到',
    status_received: '已收到',
    status_cancelled: '已取消',
  },
  {
    none: 'Nothing there',
    newTransfer: 'New transfer',
    units: 'Units',
    keep: 'Keep the units at once',
    create: 'Draft it',
    created: 'Drafted',
    ready: 'Keep units',
    cancel: 'Cancel',
    why: 'Why it is cancelled',
    cancelled: 'Cancelled',
    inTransit: (units: number) => `${units} on the way`,
    take: (name: string) => `Take ${name} out`,
    lines: 'Goods',
    status_draft: 'Draft',
    status_ready: 'Kept',
    status_in_transit: 'On its way',
    status_partially_received: 'Partly here',
    status_received: 'Received',
    status_cancelled: 'Cancelled',
  },
);

export function statusOf(status: string): string {
  return (words() as unknown as Record<string, string>)[`status_${status}`] ?? status;
}
