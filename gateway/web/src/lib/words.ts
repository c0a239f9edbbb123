// Words that several screens say.

import { dictionary } from './i18n.svelte';
import type { Line } from './socket';

export const common = dictionary(
  {
    language: 'English',
    theme: '明暗',
    logIn: '登录',
    logOut: '退出',
    name: '账号',
    password: '密码',
    forgot: '忘记密码请联系总部。',
    live: '实时',
    reconnecting: '重连中',
    offline: '未连接',
    needsLogIn: '请重新登录',
    recentre: '重新定位',
    map: '地图',
    approval: (number: string) => (number.includes('审图号') ? number : `审图号：${number}`),
    close: '关闭',
    cancel: '取消',
    confirm: '确定',
    back: '返回',
    loading: '加载中…',
    again: '重试',
    notFound: '没有找到：链接可能已失效。',
    wrong: '出错了',
    minutes: (count: number) => `${count} 分钟`,
    plainName: '字母、数字和符号，不含空格',
  },
  {
    language: '中文',
    theme: 'Light or dark',
    logIn: 'Log in',
    logOut: 'Log out',
    name: 'Account',
    password: 'Password',
    forgot: 'Forgot it? Ask headquarters.',
    live: 'Live',
    reconnecting: 'Reconnecting',
    offline: 'Not connected',
    needsLogIn: 'Log in again',
    recentre: 'Re-centre',
    map: 'Map',
    approval: (number: string) => (number.includes('审图号') ? number : `审图号 (approval) ${number}`),
    close: 'Close',
    cancel: 'Cancel',
    confirm: 'Confirm',
    back: 'Back',
    loading: 'Loading…',
    again: 'Try again',
    notFound: 'Nothing found: the link may have expired.',
    wrong: 'Something went wrong',
    minutes: (count: number) => `${count} min`,
    plainName: 'letters, digits and signs, no spaces',
  },
);

export function lineWord(line: Line): string {
  const words = common();
  switch (line) {
    case 'live':
      return words.live;
    case 'connecting':
    case 'waiting':
      return words.reconnecting;
    case 'refused':
      return words.needsLogIn;
    case 'closed':
      return words.offline;
  }
}

/** Why a delivery, store or order stands where it stands. */
export const statuses = dictionary(
  {
    scheduled: '预约',
    assigned: '待接单',
    accepted: '已接单',
    picking: '拣货中',
    ready: '待取货',
    on_hold: '挂起',
    handed_over: '已出库',
    completed: '已完成',
    returned: '已退回',
    rejected: '已拒单',
    cancelled: '已取消',
    moved: '已转店',
    placing: '下单中',
    pending_payment: '待支付',
    open: '进行中',
    expired: '超时未付',
    refused: '未成单',
    unassigned: '待派单',
    offering: '派单中',
    en_route_to_pickup: '前往取货',
    arrived_at_pickup: '已到店',
    picked_up: '已取货',
    en_route_to_dropoff: '配送中',
    arrived_at_dropoff: '已到达',
    delivered: '已送达',
    failed_attempt: '未妥投',
    returning: '退回中',
    lost: '丢失',
    idle: '空闲',
    offered: '待应答',
    busy: '忙碌',
    full: '满载',
    stale: '失联',
    off_duty: '下线',
    on_duty: '在线',
    on_break: '休息',
    suspended: '停用',
    paused: '暂停接单',
    rush: '忙碌',
    offline: '离线',
    handed: '商品出库',
    on_the_way: '配送中',
  },
  {
    scheduled: 'Scheduled',
    assigned: 'New',
    accepted: 'Accepted',
    picking: 'Picking',
    ready: 'Ready',
    on_hold: 'On hold',
    handed_over: 'Handed over',
    completed: 'Completed',
    returned: 'Returned',
    rejected: 'Rejected',
    cancelled: 'Cancelled',
    moved: 'Moved',
    placing: 'Placing',
    pending_payment: 'To be paid',
    open: 'Open',
    expired: 'Not paid in time',
    refused: 'Refused',
    unassigned: 'Unassigned',
    offering: 'Offering',
    en_route_to_pickup: 'To the store',
    arrived_at_pickup: 'At the store',
    picked_up: 'Picked up',
    en_route_to_dropoff: 'On the way',
    arrived_at_dropoff: 'At the door',
    delivered: 'Delivered',
    failed_attempt: 'Not delivered',
    returning: 'Returning',
    lost: 'Lost',
    idle: 'Idle',
    offered: 'Offered',
    busy: 'Busy',
    full: 'Full',
    stale: 'Not heard',
    off_duty: 'Off duty',
    on_duty: 'On duty',
    on_break: 'On break',
    suspended: 'Suspended',
    paused: 'Paused',
    rush: 'Busy',
    offline: 'Offline',
    handed: 'Picked up',
    on_the_way: 'On the way',
  },
);

const trading = dictionary({ open: '营业中' }, { open: 'Open' });

/** The word for what a store does now: an open one trades, an open order is under way. */
export function storeStatusWord(status: string): string {
  return status === 'open' ? trading().open : statusWord(status);
}

const underway = dictionary(
  { assigned: '骑手已接单', unassigned: '待派单', handed_over: '已取货' },
  { assigned: 'Courier accepted', unassigned: 'No courier yet', handed_over: 'Picked up' },
);

/** The word for where a delivery is: `assigned` is a courier's, not a store's that has to answer. */
export function deliveryWord(status: string): string {
  return (underway() as Record<string, string>)[status] ?? statusWord(status);
}

const carried = dictionary(
  { created: '已交快递', in_transit: '运输中', delivered: '已签收' },
  { created: 'With the carrier', in_transit: 'In transit', delivered: 'Received' },
);

/** The word for where a parcel is. */
export function parcelWord(status: string): string {
  return (carried() as Record<string, string>)[status] ?? statusWord(status);
}

/** The word for a status; an unknown one is shown as it came. */
export function statusWord(status: string): string {
  const words = statuses() as Record<string, string>;
  return words[status] ?? status;
}
