import { called } from '../lib/format';
import { dictionary } from '../lib/i18n.svelte';
import { author } from './trail';

/** What stands in the trail of changes: kinds of documents, and who wrote them. */
export const words = dictionary(
  {
    kind_store: '门店',
    kind_courier: '骑手',
    kind_book: '商品与价格',
    kind_campaign: '活动',
    kind_policy: '策略',
    kind_member_policy: '会员规则',
    kind_role: '角色',
    kind_user: '登录人员',
    kind_token: '令牌',
    kind_approval: '审批',
    kind_replenishment: '补货规则',
    kind_region: '区域',
    kind_merchant: '商户',
    kind_settlement_policy: '结算规则',
    kind_settlement: '结算单',
    kind_adjustments: '账务调整',
    kind_channel_statement: '渠道账单',
    kind_member: '会员',
    opened: '查看了会员资料',
    removed: '已删除',
    granted: '发放了令牌',
    revoked: '收回了令牌',
    version: (number: number) => `第 ${number} 版`,
    byShopper: '顾客',
    byCourier: (name: string) => `骑手 ${name}`,
    byStaff: (name: string) => `账号 ${name}`,
    byProvider: '支付方',
    byTimer: '到时自动',
    byPartition: '系统',
    seekId: '编号',
    from: '从',
    to: '到',
    nothing: '没有符合条件的变更',
    details: '内容',
  },
  {
    kind_store: 'Store',
    kind_courier: 'Courier',
    kind_book: 'Goods and prices',
    kind_campaign: 'Campaign',
    kind_policy: 'Policy',
    kind_member_policy: 'Rules for members',
    kind_role: 'Role',
    kind_user: 'Login',
    kind_token: 'Token',
    kind_approval: 'Approval',
    kind_replenishment: 'Rules of replenishment',
    kind_region: 'Region',
    kind_merchant: 'Merchant',
    kind_settlement_policy: 'Rules of settlement',
    kind_settlement: 'Settlement',
    kind_adjustments: 'Adjustments',
    kind_channel_statement: 'Statement of a channel',
    kind_member: 'Member',
    opened: 'looked at who the member is',
    removed: 'removed',
    granted: 'token given out',
    revoked: 'token taken back',
    version: (number: number) => `version ${number}`,
    byShopper: 'Shopper',
    byCourier: (name: string) => `Courier ${name}`,
    byStaff: (name: string) => `Account ${name}`,
    byProvider: 'Payment provider',
    byTimer: 'Due time',
    byPartition: 'The house',
    seekId: 'Id',
    from: 'From',
    to: 'To',
    nothing: 'Nothing was changed like that',
    details: 'What it says',
  },
);

export const KINDS = [
  'store',
  'courier',
  'book',
  'campaign',
  'policy',
  'member_policy',
  'member',
  'role',
  'user',
  'token',
  'approval',
  'replenishment',
  'region',
  'merchant',
  'settlement',
  'settlement_policy',
  'adjustments',
  'channel_statement',
] as const;

export function kindWord(kind: string): string {
  return (words() as unknown as Record<string, string>)[`kind_${kind}`] ?? kind;
}

/** Whoever wrote or spoke, as people call them. */
export function authorWord(by: string, courierName: (id: string) => string): string {
  const told = author(by);
  switch (told.who) {
    case 'staff':
      return words().byStaff(called(told.id));
    case 'courier':
      return words().byCourier(courierName(told.id));
    case 'shopper':
      return words().byShopper;
    case 'provider':
      return words().byProvider;
    case 'timer':
      return words().byTimer;
    case 'partition':
      return words().byPartition;
    case 'other':
      return told.text;
  }
}
