//! Every heading in both languages, written once for the table and the page.

/// A heading in Chinese and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// A caption of several figures.
pub(super) const ORDERS: Words = words("订单", "Orders");
pub(super) const JOURNEY: Words = words("各环节用时", "Stage times");
pub(super) const DISPATCH: Words = words("派单与运力", "Dispatch and fleet");
pub(super) const TRAFFIC: Words = words("请求与推送", "Requests and pushes");
pub(super) const LATENCY: Words = words("请求时延", "Request latency");
pub(super) const THRESHOLDS: Words = words("阈值", "Thresholds");
pub(super) const REFEREE: Words = words("裁判", "Referee");
pub(super) const CONFIGURATION: Words = words("运行配置", "Configuration");
pub(super) const FUNNEL: Words = words("订单漏斗", "Order funnel");
pub(super) const MAP: Words = words("门店与骑行路线", "Stores and rides");
pub(super) const OPEN_ORDERS: Words = words("在途订单（按状态）", "Open orders by state");
pub(super) const CLICK_TO_DOOR: Words = words("下单到送达", "Click to door");
pub(super) const PERCENTILES: Words = words("时延百分位", "Latency by percentile");
pub(super) const LATENCY_OVER_TIME: Words = words("时延走势", "Latency over time");
pub(super) const COURIERS: Words = words("在岗与忙碌骑手", "Couriers on duty and busy");

pub(super) const PLACED: Words = words("下单", "placed");
pub(super) const BY_COURIER: Words = words("其中配送", "to be delivered");
pub(super) const BY_SHOPPER: Words = words("其中自提", "to be collected");
pub(super) const BY_CARRIER: Words = words("其中快递", "to be shipped");
pub(super) const FULFILLED_OF_PAID: Words = words("已付款中履约", "fulfilled of paid");
pub(super) const DELIVERED: Words = words("已送达", "delivered of paid");
pub(super) const PICKED_UP: Words = words("已自提", "collected of paid");
pub(super) const SHIPPED: Words = words("已交快递", "handed to carrier of paid");
pub(super) const UNPAID: Words = words("未付款失效", "expired unpaid");
pub(super) const BY_REQUEST: Words = words("顾客取消", "cancelled by the shopper");
pub(super) const UNFILLABLE: Words = words("缺货取消", "unfillable");
pub(super) const NO_SHOW: Words = words("逾期未取", "never collected");
pub(super) const FAILED: Words = words("未妥投", "failed at the door");
pub(super) const OTHERWISE: Words = words("其他取消", "cancelled otherwise");
pub(super) const OPEN: Words = words("未完结", "still open");
pub(super) const REFUSED: Words = words("拒单（无法履约）", "refused");
pub(super) const INHERITED: Words = words("遗留已完结", "inherited, ended");
pub(super) const LATE: Words = words("超时", "late");
pub(super) const ON_TIME: Words = words("准时率", "on time");
pub(super) const SPLITS: Words = words("拆单", "split over stores");
pub(super) const RESOURCED: Words = words("改店重派", "re-sourced");
pub(super) const STORE_REJECTIONS: Words = words("门店拒单", "store rejections");
pub(super) const SHORT_PICKS: Words = words("缺货", "short picks");

pub(super) const ACCEPT: Words = words("商家接单", "accept");
pub(super) const PICK: Words = words("拣货打包", "pick and pack");
pub(super) const PICKUP_WAIT: Words = words("待取", "waiting for pickup");
pub(super) const DELIVER: Words = words("配送", "deliver");

pub(super) const OFFERS_MADE: Words = words("派单邀约", "offers made");
pub(super) const OFFERS_ACCEPTED: Words = words("接受", "accepted");
pub(super) const OFFER_ACCEPTANCE: Words = words("邀约接受率", "offer acceptance");
pub(super) const OFFERS_DECLINED: Words = words("拒绝", "declined");
pub(super) const OFFERS_EXPIRED: Words = words("过期", "expired");
pub(super) const OFFERS_TOO_LATE: Words = words("抢单落空", "accepted too late");
pub(super) const REASSIGNED: Words = words("改派", "reassigned");
pub(super) const ESCALATED: Words = words("升级处理", "escalated");
pub(super) const FLEET: Words = words("骑手", "couriers");
pub(super) const UTILIZATION: Words = words("骑手利用率", "courier utilization");
pub(super) const RIDDEN: Words = words("骑行里程", "distance ridden");

pub(super) const REQUESTS: Words = words("请求", "requests sent");
pub(super) const REQUESTS_FAILED: Words = words("失败请求", "failed requests");
pub(super) const COULD_NOT_SEND: Words = words("未能发出", "could not send");
pub(super) const DOUBLED: Words = words("重复指令", "commands doubled");
pub(super) const REORDERED: Words = words("乱序指令", "commands reordered");
pub(super) const SOCKETS: Words = words("长连接", "sockets opened");
pub(super) const FRAMES: Words = words("推送帧", "frames");
pub(super) const GAPS: Words = words("推送缺口", "gaps");
pub(super) const RESETS: Words = words("快照重置", "resets");
pub(super) const POSITIONS: Words = words("位置上报", "positions sent");

pub(super) const PAID: Words = words("已付款", "paid");
pub(super) const ACCEPTED: Words = words("已接单", "accepted");
pub(super) const PACKED: Words = words("已打包", "packed");
pub(super) const HANDED_OVER: Words = words("已出库", "handed over");
pub(super) const COMPLETED: Words = words("已完成", "completed");

pub(super) const BOOKS: Words = words("账目（元）", "Books (yuan)");
pub(super) const RECEIVED: Words = words("收款", "received");
pub(super) const PAID_BACK: Words = words("退款", "paid back");
pub(super) const KEPT: Words = words("取消留存", "kept of cancellations");
pub(super) const HELD: Words = words("未结", "held for open orders");
pub(super) const SOLD_BY_LINES: Words = words("销售（按商品行）", "sold, by lines");
pub(super) const SOLD_BY_SHARES: Words = words("销售（按履约单）", "sold, by shares");
pub(super) const SOLD_BY_STORES: Words = words("销售（按门店日）", "sold, by store days");
pub(super) const SETTLED: Words = words("结算（系统账）", "settled by the house");
pub(super) const AT_LIST_PRICE: Words = words("原价", "at list price");
pub(super) const DISCOUNTS: Words = words("优惠", "discounts");
pub(super) const PLATFORM_FEES: Words = words("平台费", "platform fees");
pub(super) const PAYOUT: Words = words("应付商户", "payout");
pub(super) const DAYS_CLOSED: Words = words("已关账（门店日）", "store days closed");
pub(super) const DAYS_OPEN: Words = words("未关账（门店日）", "store days open");

pub(super) const MEMBERS: Words = words("会员", "Members");
pub(super) const ENROLLED: Words = words("入会", "enrolled");
pub(super) const ERASED: Words = words("注销", "forgotten");
pub(super) const MEMBER_ORDERS: Words = words("会员订单", "orders by members");
pub(super) const POINTS_GIVEN: Words = words("赠送积分", "points given");
pub(super) const POINTS_EARNED: Words = words("获得积分", "points earned");
pub(super) const POINTS_SPENT: Words = words("抵扣积分", "points spent");
pub(super) const POINTS_EXPIRED: Words = words("过期积分", "points expired");
pub(super) const POINTS_REVERSED: Words = words("退货扣回", "points reversed");
pub(super) const POINTS_ERASED: Words = words("注销清零", "points forgotten");
pub(super) const POINTS_BALANCE: Words = words("积分余额", "points left");
pub(super) const COUPONS_CLAIMED: Words = words("领券", "coupons claimed");
pub(super) const COUPONS_USED: Words = words("已用券", "coupons used");
pub(super) const COUPONS_EXPIRED: Words = words("过期券", "coupons expired");
pub(super) const COUPONS_HELD: Words = words("持有券", "coupons in hand");
pub(super) const COUPONS_ERASED: Words = words("注销券", "coupons forgotten");
pub(super) const BUDGET: Words = words("活动预算（元）", "budgets (yuan)");
pub(super) const BUDGET_DRAWN: Words = words("已用预算（元）", "drawn of budgets (yuan)");

pub(super) const HAPPENED: Words = words("发生的业务", "What happened");
pub(super) const TILL_SALES: Words = words("收银销售", "till sales");
pub(super) const COUNTS: Words = words("盘点", "counts");
pub(super) const TRANSFERS: Words = words("调拨完成", "transfers completed");
pub(super) const LIMITED_TIME_ORDERS: Words = words("限时折扣订单", "with limited-time");
pub(super) const SPEND_AND_SAVE_ORDERS: Words = words("满减订单", "with spend-and-save");
pub(super) const COUPON_ORDERS: Words = words("用券订单", "with a coupon");
pub(super) const POINT_ORDERS: Words = words("积分抵扣订单", "paid with points");
pub(super) const SPLIT_ORDERS: Words = words("拆单订单", "split orders");
pub(super) const WHOLE_REJECTS: Words = words("整单拒收", "whole rejections");
pub(super) const PART_REJECTS: Words = words("部分拒收", "partial rejections");
pub(super) const CANCELLATIONS: Words = words("取消", "cancellations");
pub(super) const COUPONS_GIVEN_BACK: Words = words("退回的券", "coupons given back");
pub(super) const EARNING_ORDERS: Words = words("获积分订单", "orders earning points");
pub(super) const RETURNS: Words = words("退货", "returns");
pub(super) const REFUNDS: Words = words("退款次数", "refunds");

pub(super) const CHECKS: Words = words("规则检查", "checks");
pub(super) const VIOLATIONS: Words = words("违规", "violations");
pub(super) const MEDIAN: Words = words("中位数", "median");
pub(super) const TARGET: Words = words("目标", "target");
pub(super) const RESPONSE: Words =
    words("响应时间（自计划发出起）", "response, from the intended start");
pub(super) const SERVICE: Words = words("服务时间（自发出起）", "service, from sending");
pub(super) const ON_DUTY: Words = words("在岗", "on duty");
pub(super) const BUSY: Words = words("忙碌", "busy");
pub(super) const TO_STORE: Words = words("去取货", "to the store");
pub(super) const TO_DOOR: Words = words("去送货", "to the door");
pub(super) const NOT_MEASURED: Words = words("未测量", "not measured");

/// The order in which open orders are stacked.
pub(super) const STATES: [Words; 6] = [
    words("待付款", "pending"),
    words("门店处理", "at the store"),
    words("待骑手", "waiting for a courier"),
    words("配送中", "on the way"),
    words("待自提", "waiting for the shopper"),
    words("异常", "in trouble"),
];
