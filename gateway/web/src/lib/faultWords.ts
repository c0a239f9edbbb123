// What the server's codes say in Chinese. Loaded after the first view: few meet a refusal. A test holds
// it against docs/faults.md, so that no code is without words.

/** What was said, and the field it is about. */
export interface Said {
  code: string;
  message: string;
  field?: string | undefined;
  retryAfterMs?: number | undefined;
}

export const SENTENCES: Record<string, string> = {
  malformed_json: '请求格式有误，请刷新后重试',
  unknown_field: '提交的内容里有系统不认识的项',
  missing_field: '有必填项没有填',
  invalid_value: '填写的内容不符合要求',
  invalid_query: '查询条件有误，请修改后重试',
  invalid_path: '编号不正确，请检查链接',
  body_too_large: '一次提交的内容太大，请分几次提交',
  unsupported_media_type: '文件或内容的类型不对',
  no_such_address: '没有这个地址',
  method_not_allowed: '这个地址不支持此操作',
  upgrade_required: '需要实时连接，请刷新页面',
  idempotency_key_missing: '缺少防重复的标识，请刷新后重试',
  malformed_sheet: '文件读不出来：请用 CSV 或 xlsx，且不要太大',
  idempotency_key_invalid: '防重复的标识不正确，请刷新后重试',
  unauthenticated: '请先登录',
  token_invalid: '登录或链接已失效，请重新登录',
  log_in_refused: '账号或密码不对，或账号已停用',
  forbidden: '您没有权限做这件事，请联系总部',
  over_limit: '超出您的权限额度，请找额度更高的人',
  second_person_needed: '这件事要另一个人审批',
  role_kept: '系统自带的角色不能删除，可以修改它的权限',
  role_held: '还有人在用这个角色，请先给他们换一个',
  approval_closed: '已经有人审批过了，请刷新',
  not_found: '没有找到，或不属于您，请检查编号',
  signature_invalid: '签名缺失、错误或已过期',
  ticket_invalid: '连接凭证已失效，请刷新页面',
  origin_refused: '这个网页来源未被允许，请联系管理员',
  rate_limited: '操作太频繁，请稍后再试',
  busy: '系统繁忙，请稍后再试',
  unavailable: '系统正在恢复，请稍后再试',
  not_owner: '服务正在切换，请稍后再试',
  timeout: '系统没有及时答复，请重试，不会重复执行',
  internal: '系统出错了，什么都没有改变；如再出现请联系管理员',
  quarantined: '这个操作两次失败，已停用，请联系管理员',
  idempotency_conflict: '重复提交的内容与上次不同，请刷新后重新提交',
  external_id_taken: '这个外部单号已属于另一个订单',
  quote_used: '这个报价已经下过单，请重新报价',
  stale_version: '在您打开之后有人改过，请刷新后再改',
  quote_invalid: '报价无效，请重新结算',
  quote_expired: '报价已过期，请重新结算',
  empty_basket: '购物车是空的',
  too_many_lines: '商品种类太多，请分几单下',
  too_many_units: '同一商品数量太多，请减少',
  unknown_sku: '没有这个商品',
  sku_delisted: '商品已下架，请从购物车移除',
  not_sold_at_store: '这家门店不卖这个商品，请移除或换一家店',
  pickup_needs_store: '自提请先选择门店',
  channel_may_not_price: '该渠道的合同不允许自带价格',
  two_prices: '同一商品有两个价格，请只留一个',
  channel_price_outside_contract: '渠道价格超出合同范围',
  beyond_money: '金额太大，请分几单下',
  no_price_grant: '总部没有授权门店自己定这个商品的价格',
  price_outside_grant: '价格超出总部授权的范围',
  may_not_delist: '总部没有授权门店下架这个商品',
  unknown_grant: '没有这个价格授权',
  unknown_contract: '该渠道没有合同',
  unknown_category: '没有这个分类',
  category_in_use: '分类下还有商品或子分类，请先移走',
  unknown_publication: '没有这个发布计划',
  publication_not_due: '发布时间还没有到',
  not_an_image: '文件不是 JPEG、PNG 或 WebP 图片',
  needs_member: '优惠券和积分只有会员能用，请先登录会员',
  unknown_coupon: '会员没有这张优惠券',
  too_many_coupons: '一单用的优惠券太多',
  not_enough_points: '积分不够',
  unknown_campaign: '没有这个活动，或不是您的活动',
  another_kind: '活动的类型和出资方不能改，请新建活动',
  coupons_out: '已有会员领了券，请停用后新建活动',
  no_campaign_grant: '总部没有授权门店做这样的活动',
  unknown_campaign_grant: '没有这个活动授权',
  already_placed: '订单已经提交过了',
  reminded_recently: '刚刚催过单，请稍后再催',
  no_reminder: '没有人催过这一单',
  already_rated: '这一单已经评价过了',
  rating_closed: '已过评价时间',
  order_state: '订单状态已变，不能这样操作，请刷新',
  unfillable: '没有门店能完成这一单，请换商品、时间或地点',
  fulfillment_order_unknown: '这一单不在本店，请刷新看板',
  fulfillment_state: '这一单的状态已变，不能这样操作，请刷新看板',
  line_unknown: '这一单没有这个商品，或数量没有这么多，请刷新',
  kept_together: '这些商品要同单同店，请全部转或都不转',
  too_many_stores: '这一单已经拆给太多门店，请选已有份额的门店，或整份转店',
  change_unknown: '修改建议已失效，请重新提出',
  door_out_of_reach: '门店不配送新地址：请用原地址，或取消后重新下单',
  door_breaks_promise: '送到新地址来不及：请用原地址，或取消后重新下单',
  reason_missing: '请写明原因',
  store_closed: '门店在那个时间不营业，请换个时间',
  not_enough_stock: '库存不够',
  reservation_unknown: '本店没有这个预留，请刷新',
  reservation_state: '预留已结束，请刷新',
  transfer_unknown: '本店没有这张调拨单，请刷新',
  transfer_state: '调拨单的状态已变，不能这样操作，请刷新',
  transfer_excess: '填的数量多于在途数量，多出的请填为多收',
  refused: '不能这样操作，请刷新',
  member_unknown: '没有这个会员，请重新查找或先注册',
  already_enrolled: '已经是会员了，请直接登录',
  phone_taken: '手机号已属于会员，请直接登录',
  code_sender_missing: '系统发不出验证码，请联系管理员',
  member_code_invalid: '会员码不对或已过期，请重新出示',
  coupon_gone: '优惠券已用、已过期或没有领取',
  coupon_held: '优惠券正用于另一单，请等那一单结束',
  not_claimable: '这个活动现在不能领券',
  claim_limit: '每位会员可领的张数已领完',
  claim_over: '活动已结束，领了也会过期',
  wallet_full: '券包已满，请先用掉一些',
  hold_differs: '订单已占用别的优惠券或积分，请重新结算',
  order_over: '订单已结束，请重新结算',
  hold_too_late: '下单时间已过，请重新结算',
  uses_over: '为订单保留的优惠已失效，请重新结算',
  orders_open: '会员还有进行中的订单，请等订单结束',
  note_missing: '请写明调整积分的原因',
  budget_spent: '活动预算已用完，请重新结算',
  code_wrong: '取货码不对，请重新输入',
  code_locked: '输错次数太多，请稍后再试，或由门店查单',
  code_missing: '请输入取货码或收货码',
  delivery_unknown: '这一单没有这个配送任务，请刷新',
  delivery_state: '配送状态已变，不能这样操作，请刷新',
  attempt_over: '这一单已交给别的骑手，请刷新',
  offer_closed: '派单已应答、已过期或已撤回，请刷新',
  offer_unknown: '没有给这位骑手派过这一单，请刷新',
  too_late: '已被别的骑手抢先',
  courier_unavailable: '骑手现在不能接这一单',
  courier_carrying: '骑手手上还有货，请先送完或交还',
  proof_missing: '缺少送达凭证',
  too_many_pictures: '这一单的照片太多，请用已上传的照片',
  parcel_unknown: '这一单没有这个包裹，请刷新',
  parcel_state: '包裹状态已变，请刷新',
  payment_state: '支付状态已变，请刷新',
  payment_unknown: '这一单没有这笔支付，请刷新',
  refund_unknown: '这一单没有这笔退款，请刷新',
  amount_mismatch: '金额与应付金额不一致',
  refund_too_large: '退款超过可退金额',
  return_unknown: '这一单没有这个退货，请刷新',
  return_state: '退货状态已变，不能这样操作，请刷新',
  return_window_closed: '已过退货时间',
  books_behind: '账目还没有记到现在，请稍后再试',
  day_not_over: '当天还没有结束，请明天再结账',
  day_closed: '当天已结账，请调整未结账的日期并注明更正哪一天',
  day_not_closed: '要更正的那天还没有结账，请直接调整那天',
  day_to_come: '日期还没有到，请选今天或更早',
  offline: '连接不上服务器',
};

/** What forms and lists call what the wire calls so. */
const FIELDS: Record<string, string> = {
  name: '名称',
  address: '地址',
  phone: '手机号',
  place: '位置',
  lat: '纬度',
  lon: '经度',
  area: '服务范围',
  hours: '营业时间',
  weekly: '每周营业时间',
  exceptions: '特殊日期',
  prep_time_s: '备货时间',
  capacity_per_window: '时段容量',
  modes: '配送方式',
  merchant: '商户',
  region: '区域',
  lines: '商品',
  quantity: '数量',
  units: '数量',
  delta: '调整数量',
  on_hand: '库存',
  safety_stock: '安全库存',
  sku: '商品',
  store: '门店',
  reason: '原因',
  note: '备注',
  text: '内容',
  until_at: '结束时间',
  wanted_at: '期望时间',
  destination: '收货地址',
  shopper: '收货人',
  coupons: '优惠券',
  points: '积分',
  member: '会员',
  code: '编码或验证码',
  password: '密码',
  role: '角色',
  scope: '范围',
  principal: '账号',
  list_price_fen: '价格',
  price_fen: '价格',
  amount_fen: '金额',
  version: '版本',
  quote: '报价',
  payment_method: '支付方式',
  external_id: '外部单号',
  day: '日期',
  starts_at: '开始时间',
  ends_at: '结束时间',
  category: '分类',
  tax_class: '税类',
  channel: '渠道',
  to: '目标门店',
  from: '来源门店',
};

/** Why no store was found, by what the server's sentence says first; in the order of telling. */
const NO_STORE: [string, string][] = [
  ['no store delivers to this door', '没有门店配送到这个地址'],
  ['near enough to send it by express', '附近没有门店能发快递'],
  ['no store was named', '没有选自提门店'],
  ['not in this city', '门店不在本城市'],
  [' lack', '附近门店缺货'],
  ['it would take more than', '要拆给太多门店'],
  ['does not offer this way', '门店不提供这种配送方式'],
  ['does not serve this door', '门店不配送到这个地址'],
  ['closed at that time', '门店那时不营业'],
  ['not open at that time', '门店那时不营业'],
  ['takes no orders', '门店暂停接单'],
  ['promise no more orders', '那个时段已约满'],
];

/** Figures that a code's English sentence counts, and what they count in Chinese. A sentence that has
 * been reworded is told without them. */
const FIGURES: Record<string, [RegExp, (...figures: string[]) => string]> = {
  code_wrong: [/(\d+) tries left/, (left) => `还可试 ${left} 次`],
  not_enough_stock: [/has (-?\d+) of .* sell, (\d+) were/, (there, wanted) => `可售 ${there}，要 ${wanted}`],
  unfillable: [/: (.+)$/, (why = '') => NO_STORE.find(([said]) => why.includes(said))?.[1] ?? ''],
  transfer_excess: [/^(\d+) units .* named, (\d+) are/, (named, there) => `填了 ${named}，在途 ${there}`],
  courier_carrying: [/carries (\d+) deliveries/, (count) => `还有 ${count} 单`],
  too_many_stores: [/over (\d+) stores/, (most) => `最多 ${most} 家`],
  too_many_pictures: [/at most (\d+) pictures/, (most) => `最多 ${most} 张`],
  too_many_lines: [/has (\d+) lines: send at most (\d+)/, (given, most) => `现有 ${given} 种，最多 ${most} 种`],
  too_many_units: [/^(\d+) units .* at most (\d+)/, (given, most) => `现有 ${given}，最多 ${most}`],
  too_many_coupons: [/^(\d+) coupons .* at most (\d+)/, (given, most) => `现有 ${given} 张，最多 ${most} 张`],
  not_enough_points: [/(?:there are|only) (\d+) points/, (there) => `可用 ${there}`],
  amount_mismatch: [/expected (\S+)/, (due) => `应为 ${due}`],
  refund_too_large: [/at most (\S+)/, (most) => `最多可退 ${most}`],
  price_outside_grant: [/(\S+) to (\S+)$/, (from, to) => `范围 ${from} 至 ${to}`],
  channel_price_outside_contract: [/(\S+) to (\S+)$/, (from, to) => `范围 ${from} 至 ${to}`],
  over_limit: [/^(-?\d+) is above your limit of (-?\d+)/, (given, limit) => `${given}，额度 ${limit}`],
  stale_version: [/at version (\d+), not (\d+)/, (there, known) => `现为第 ${there} 版，您看的是第 ${known} 版`],
};

/** Codes whose English sentence names what no table can: a field's bounds, a row, who holds a role. */
const SPEAKING = new Set([
  'unknown_field', 'missing_field', 'invalid_value', 'invalid_query', 'malformed_sheet', 'role_held', 'proof_missing', 'courier_unavailable', 'refused',
]);

/** The last name of a path such as `lines[0].quantity`, and the row it stands in. */
function fieldWord(path: string): string {
  const row = /\[(\d+)\]/.exec(path)?.[1];
  const known = path.replaceAll(/\[\d+\]/g, '').split('.').findLast((part) => part in FIELDS);
  const word = known ? FIELDS[known] : path;
  return row === undefined ? (word ?? path) : `第 ${Number(row) + 1} 行${word}`;
}

/** Bounds as most of the server's sentences give them. */
function bounds(message: string): string | null {
  const range = /must be (-?[\d.]+) to (-?[\d.]+)(?: characters)?/.exec(message);
  if (range) return message.includes('characters') ? `应为 ${range[1]} 至 ${range[2]} 个字` : `应为 ${range[1]} 至 ${range[2]}`;
  const least = /must be (-?[\d.]+) or more/.exec(message);
  if (least) return `应为 ${least[1]} 或以上`;
  const most = /(?:must be|send) at most (-?[\d.]+)/.exec(message);
  return most ? `最多 ${most[1]}` : null;
}

export function inChinese({ code, message, field, retryAfterMs }: Said): string {
  const sentence = SENTENCES[code];
  if (!sentence) return message;
  const beside: string[] = [];
  const [pattern, tell] = FIGURES[code] ?? [];
  const figures = pattern?.exec(message);
  const counted = figures && tell ? tell(...figures.slice(1)) : '';
  if (counted) beside.push(counted);
  if (SPEAKING.has(code)) {
    if (field) beside.push(fieldWord(field));
    // What has no Chinese is still better known than kept back.
    beside.push(bounds(message) ?? message);
  }
  if (retryAfterMs !== undefined && retryAfterMs >= 1_000) beside.push(`${Math.ceil(retryAfterMs / 1_000)} 秒后再试`);
  return beside.length > 0 ? `${sentence}（${beside.join('，')}）` : sentence;
}
