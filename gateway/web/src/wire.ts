// The types of the wire, written from the server's own by
// `UPDATE=1 cargo test -p gateway --test pages`; a test fails when this file is stale.

export type AcceptBody = {
  /** Absent: as the store's settings say. */
  ready_in_s?: number | null;
};

export type AdjustBody = {
  /** Units in (positive) or out (negative), at most a million. */
  delta: number;
  /** Why: `received`, `damaged`, `expired`, `found`, `lost`, or other words. */
  reason: string;
};

export type AdvanceBody = {
  attempt: number;
  /**
   * With `delivered`: `{"kind":"handed_to_person"}`, `{"kind":"left_at_door","photo":…}`,
   * `{"kind":"signature","by":…}` or `{"kind":"code"}`.
   */
  proof?: Record<string, unknown> | null;
  step: StepName;
};

/** Something that was taken off. */
export type AppliedView = DiscountName & {
  /** What the goods it counted were worth before. */
  counted_fen: Fen;
  lines: LineOff[];
  next?: ShortView | null;
  off_fen: Fen;
};

export type BearerBody = {
  /** `hq`, `store`, `merchant` or `platform`. */
  bearer: string;
  permille: number;
};

/** One fulfillment order on the board. One that has ended leaves it. */
export type BoardCard = {
  accept_by_at?: Millis | null;
  courier?: Id | null;
  courier_at?: Millis | null;
  fulfillment_order: Id;
  /** Whether nothing more can happen to it: the card leaves the board. */
  is_over: boolean;
  lines: BoardLine[];
  mode: Mode;
  /** Whether the shopper must say a code. */
  needs_code: boolean;
  /** The number called out and written on the bag; absent while scheduled. */
  number?: number | null;
  order: Id;
  promised_by_at: Millis;
  ready_at?: Millis | null;
  release_at?: Millis | null;
  since_at: Millis;
  status: string;
};

export type BoardLine = {
  line: number;
  name: string;
  sku: Id;
  units: number;
};

export type BoardStatus = {
  extra_prep_s: number;
  /** `open`, `paused`, `rush` or `offline`. */
  status: StatusName;
  until_at?: Millis | null;
};

export type BoardView = {
  /** In order of what was promised first. */
  fulfillment_orders: BoardCard[];
  /** Screens that are open on this board now; only where the board is asked for. */
  listeners?: number | null;
  status: BoardStatus;
  store: Id;
};

/** A topic's state or change. */
export type Body = {
  order: OrderView;
} | {
  fulfillment_orders: BoardCard[];
  status: BoardStatus;
} | {
  courier: CourierView;
} | {
  orders: OrderCardView[];
};

/** The price book was changed. */
export type BookVersion = {
  book_version: number;
};

export type BudgetBody = {
  amount_fen?: Fen | null;
  /** In how many orders. */
  uses?: number | null;
};

/** A discount for a time, whole: writing it replaces what was there. */
export type CampaignBody = {
  /** Who carries what it takes off: 1,000 thousandths together. Absent: whoever gives it. */
  bearers?: BearerBody[];
  budget?: BudgetBody | null;
  discount: DiscountBody;
  /** From this moment on it takes nothing off. */
  ends_at: Millis;
  /** What a shopper reads: 1 to 60 characters. */
  name: string;
  /** Its place among the campaigns of its stage: the lower number first. */
  priority?: number;
  /** For whom and for what; everything that is left out is not restricted. */
  scope?: ScopeBody;
  stacking: StackingBody;
  starts_at: Millis;
  /** The version that was read, 0 for a new campaign; absent replaces whatever is there. */
  version?: number | null;
};

/** How far stores may give discounts of their own. */
export type CampaignGrantBody = {
  /** Either a category or SKUs; absent: all goods. */
  category?: string | null;
  /** The most a campaign takes off, in thousandths of what the goods cost. */
  deepest: number;
  longest_days: number;
  /** Headquarters' own name for it, as in the address. */
  name: string;
  skus?: Id[] | null;
  /** `limited_time`, `spend_and_save`, `coupon`. */
  stages: string[];
  /** Absent: all stores. */
  stores?: Id[] | null;
};

export type CampaignGrantList = {
  grants: CampaignGrantBody[];
};

export type CampaignList = {
  campaigns: CampaignView[];
  next_after?: Id | null;
};

export type CampaignState = 'scheduled' | 'live' | 'ended' | 'stopped';

/** A campaign as it is now. */
export type CampaignView = CampaignBody & {
  id: Id;
  /** Its stage: `limited_time`, `spend_and_save` or `coupon`. */
  stage: string;
  state: CampaignState;
  store?: Id | null;
};

/** The campaigns were changed. */
export type CampaignsVersion = {
  campaigns_version: number;
};

export type CancelBody = {
  note?: string | null;
  /** Staff may say `store_request`, `headquarters` or `review_failed`; others ask as shoppers. */
  reason?: string | null;
};

export type CandidateView = {
  distance_m?: number | null;
  /** Why it lost, with what it lost by; absent for the chosen. */
  lost?: Record<string, unknown> | null;
  store: Id;
};

export type ChangeBody = {
  destination?: Point | null;
  /** Units to take off; more units are a new order. */
  remove?: LineUnitsBody[];
};

export type ChangeView = {
  change: Id;
  destination?: Point | null;
  proposed_at: Millis;
  remove: UnitsView[];
};

export type ChosenStore = {
  distance_m?: number | null;
  lines: UnitsView[];
  promised_by_at: Millis;
  promised_from_at: Millis;
  ready_at: Millis;
  store: Id;
};

/** What a client says. */
export type ClientFrame = {
  resume?: ResumePoint | null;
  topic: TopicName;
  type: 'subscribe';
} | {
  topic: TopicName;
  type: 'unsubscribe';
} | {
  pings: PingBody[];
  type: 'positions';
} | {
  command: CommandBody;
  id: string;
  type: 'command';
} | {
  type: 'ping';
};

export type ClockView = {
  /** How much longer it runs fast, in the wall's milliseconds; absent when for ever. */
  fast_for_ms?: number | null;
  /** By the server's clock. */
  now: Millis;
  /** How many times faster than the wall it runs at this moment. */
  scale: number;
};

/** A command's name, and beside it the ids of its address and the body it has over HTTP. */
export type CommandBody = Record<string, unknown> & {
  name: string;
};

export type ConditionBody = {
  /** `good`: sellable again. `damaged`: kept aside. */
  condition: string;
};

export type ConfidenceView = 'low' | 'medium' | 'high';

export type CountBody = {
  on_hand: number;
};

export type CouponBody = {
  claim_from_at: Millis;
  claim_until_at: Millis;
  /** How many one member may ever claim. */
  per_member: number;
  /** What the goods must be worth. */
  threshold_fen?: Fen;
  /** It holds so many days of 24 hours from the claim; either this or `valid_until_at`. */
  valid_days?: number | null;
  valid_until_at?: Millis | null;
  value: CouponValueBody;
};

export type CouponValueBody = {
  amount: {
    off_fen: Fen;
  };
} | {
  percent: {
    most_fen?: Fen | null;
    /** So many thousandths of the goods are taken off. */
    permille: number;
  };
};

/** A courier, whole: writing it replaces what was there. */
export type CourierBody = {
  /** Most deliveries in hand at once, 1 to 20. */
  capacity?: number;
  /** Shown to shoppers and stores: a first name or number, no phone. */
  display_name: string;
  home?: Point | null;
  id?: Id | null;
  max_weight_g?: number;
  mode?: Vehicle;
  /** The version that was read, 0 for a new courier; absent replaces whatever is there. */
  version?: number | null;
};

export type CourierList = {
  couriers: CourierView[];
};

/** A courier with what is offered and what is in hand. */
export type CourierView = {
  /** `idle`, `offered`, `busy`, `full`, `stale` or the duty. */
  availability: string;
  display_name: string;
  /** From the asked place, over ground. */
  distance_m?: number | null;
  /** `off_duty`, `on_duty`, `on_break` or `suspended`. */
  duty: string;
  id: Id;
  /** Telephones that are open on this courier now; only where one courier is asked for. */
  listeners?: number | null;
  offers: OfferView[];
  position?: PositionView | null;
  shift_ends_at?: Millis | null;
  /** Where to go, in order. */
  stops: StopView[];
  /** In the order in which the route finishes them. */
  tasks: TaskView[];
};

/** A geodetic system. */
export type Datum = 'wgs84' | 'gcj02' | 'bd09';

export type DeclineBody = {
  reason: string;
};

export type DeliveryEta = {
  delivery: Id;
  eta: EtaView;
};

export type DeliveryView = {
  /** The last attempt that was offered; 0 when none was. */
  attempt: number;
  courier?: Id | null;
  delivery: Id;
  ended_at?: Millis | null;
  escalated: boolean;
  eta?: EtaView | null;
  failure?: string | null;
  /** Failed attempts at the door. */
  failures: number;
  fulfillment_order: Id;
  retry_at?: Millis | null;
  /** Unanswered rounds of offers so far. */
  rounds: number;
  /**
   * `unassigned`, `offering`, `assigned`, `en_route_to_pickup`, `arrived_at_pickup`, `picked_up`,
   * `en_route_to_dropoff`, `arrived_at_dropoff`, `delivered`, `failed_attempt`, `returning`, `returned`, `lost`,
   * `cancelled`.
   */
  status: string;
};

export type DiscountBody = {
  /** Off the price of each unit. */
  limited_time: UnitDiscountBody;
} | {
  /** Off the sum of the goods, once it is large enough. */
  spend_and_save: SpendAndSaveBody;
} | {
  /** Off the sum of the goods, for members who hold a coupon. */
  coupon: CouponBody;
};

/** A campaign, or one coupon of it. */
export type DiscountName = {
  campaign: Id;
  coupon?: Id | null;
  name: string;
  /** `limited_time`, `spend_and_save` or `coupon`. */
  stage: string;
};

export type DispatchView = {
  attempt: number;
  delivery: Id;
  escalated: boolean;
  excluded: Id[];
  forced?: Id | null;
  granted?: ProposedCourier | null;
  /** Offers that wait for an answer. */
  offers: ProposedCourier[];
  pinned?: Id | null;
  rounds: number;
  status: string;
};

/** A command was carried out and is on disk. */
export type Done = {
  /** The city's sequence at which it is recorded. */
  seq: number;
};

export type DropBody = {
  attempt: number;
  /** `courier_dropped_out`, `courier_lost` or `reassigned_by_hand`; a courier only drops out. */
  reason?: string;
};

/** A prediction, which moves; a promise does not. */
export type EtaView = {
  /** At the door. */
  at: Millis;
  confidence: ConfidenceView;
  handover_s: number;
  /** The next four add up to the time from now to the door. */
  other_stops_s: number;
  pickup_at?: Millis | null;
  /** How old the position is that this starts from. */
  position_age_s: number;
  travel_s: number;
  wait_s: number;
};

/** One event, as it is recorded for ever. */
export type EventView = {
  at: Millis;
  by: string;
  cause: string;
  /** UUID. */
  entity: string;
  entity_kind: string;
  entity_seq: number;
  kind: string;
  payload: Record<string, unknown>;
  schema_version: number;
  seq: number;
  trace: string;
};

export type ExplainView = {
  deliveries: DispatchView[];
  order: Id;
  /** Every planning, oldest first. */
  sourcing: SourcingView[];
};

/** Everything that was asked whether it takes something off. */
export type ExplanationView = {
  /** In the order in which it was taken off. */
  applied: AppliedView[];
  not_applied: NotAppliedView[];
  points?: PointsView | null;
};

export type FailBody = {
  attempt: number;
  reason: string;
};

/** A fault as it is sent. */
export type Fault = {
  /** Stable; see docs/faults.md. */
  code: string;
  field?: string | null;
  message: string;
  /** With `not_owner`: the address of the server that runs the city, where it is known. */
  owner?: string | null;
  retry_after_ms?: number | null;
  /** What to name when asking the operator. */
  trace: string;
};

/** A fault as sockets say it. */
export type FaultText = {
  code: string;
  field?: string | null;
  message: string;
  retry_after_ms?: number | null;
};

export type FeeView = {
  amount_fen: Fen;
  /** `delivery` or `packing`. */
  kind: string;
  shares: ShareView[];
  tax_fen: Fen;
};

export type FeedPage = {
  events: EventView[];
  /** To ask for the next page with; the same as asked when nothing is new. */
  next_after: number;
};

/** An amount in fen (1/100 yuan). */
export type Fen = number;

/** What some roles do not get to see. */
export type Field = 'person' | 'money' | 'because';

export type FleetCourier = {
  /** When the device measured it. */
  at: Millis;
  id: Id;
  lat: number;
  lon: number;
  /** `idle`, `offered`, `busy`, `full`, `stale` or the duty. */
  state: string;
  task_count: number;
};

/** All couriers at a glance. */
export type FleetView = {
  couriers: FleetCourier[];
  now: Millis;
};

/**
 * Who takes the goods: `{"to":"courier","courier":…}`, `{"to":"shopper","code":…}` or
 * `{"to":"carrier","carrier":…,"tracking_number":…}`.
 */
export type HandOverBody = {
  courier: Id;
  to: 'courier';
} | {
  code: string;
  to: 'shopper';
} | {
  carrier: string;
  to: 'carrier';
  tracking_number: string;
};

export type HoldBody = {
  /** `review`, `group_forming` or `presale`. */
  reason: string;
};

/** The name of something: a UUID in its text form. */
export type Id = string;

export type LineOff = {
  off_fen: Fen;
  sku: Id;
};

/** The frozen money of a line. */
export type LinePriceView = {
  fees: ShareView[];
  list_price_fen: Fen;
  /** For all units, fees included. */
  paid_fen: Fen;
  price_source: string;
  shares: ShareView[];
  tax_class: string;
  tax_fen: Fen;
  unit_price_fen: Fen;
};

/** Units of a line that cannot be done. */
export type LineUnitsBody = {
  line: number;
  units: number;
};

export type LineView = {
  /** Units whose money went back. */
  given_back: number;
  line: number;
  name: string;
  price?: LinePriceView | null;
  quantity: number;
  /** Units taken off by a change or a cancellation. */
  removed: number;
  sku: Id;
  /** Units that no store could do. */
  unfillable: number;
};

export type ListBody = {
  listed: boolean;
};

export type LogInBody = {
  name: string;
  password: string;
};

/** Milliseconds since the Unix epoch, UTC, by the server's clock. */
export type Millis = number;

/** How goods reach the shopper. */
export type Mode = 'delivery' | 'pickup' | 'express';

/** One thing that happened, by its event's name. */
export type Moment = {
  at: Millis;
  what: string;
};

export type MoneyView = {
  /** Less what is given back. */
  net_payable_fen: Fen;
  /** What was agreed at placing. */
  payable_fen: Fen;
  payment: Id;
  payment_method: string;
  refunds: RefundView[];
};

/** Headquarters moves a store's share before hand-over. */
export type MoveBody = {
  reason: string;
  to: Id;
};

/** Something that could have been taken off, and why it was not. */
export type NotAppliedView = DiscountName & {
  excluded_by?: Id | null;
  /** The same as a sentence. */
  message: string;
  /**
   * `short`, `tier`, `excluded`, `nothing_left`, `budget_used_up`, `other_goods`, `other_store`, `other_channel`,
   * `not_yet`, `over` or `one_per_kind`.
   */
  reason: string;
  short?: ShortView | null;
};

export type NoteBody = {
  note?: string | null;
};

export type OfferView = {
  attempt: number;
  because: string;
  delivery: Id;
  dropoff: Point;
  dropoff_at: Millis;
  expires_at?: Millis | null;
  offer: Id;
  order: Id;
  pickup: Point;
  pickup_at: Millis;
  promised_by_at: Millis;
  ready_at: Millis;
  /** `pending` or `accepted`: the order was asked and has not answered yet. */
  state: string;
  store: Id;
  weight_g: number;
};

export type OnDutyBody = {
  shift_ends_at?: Millis | null;
};

/** One line of an operations screen. */
export type OrderCardView = {
  couriers: Id[];
  escalated: boolean;
  late: boolean;
  order: Id;
  promised_by_at?: Millis | null;
  /** Empty before all stores have accepted. */
  stage: string;
  status: string;
  stores: Id[];
};

export type OrderPage = {
  next_after?: Id | null;
  /** Youngest first. */
  orders: OrderCardView[];
};

/** Everything about one order that its people may see. */
export type OrderView = StatusDetail & {
  channel: string;
  deliveries: DeliveryView[];
  delivery_status: string;
  destination?: Point | null;
  external_id?: string | null;
  fulfillment_status: string;
  lines: LineView[];
  mode: Mode;
  money?: MoneyView | null;
  needs_attention: boolean;
  order: Id;
  parcels?: ParcelView[];
  parts: PartView[];
  payment_status: string;
  placed_at: Millis;
  proposed_change?: ChangeView | null;
  return_status: string;
  returns?: ReturnView[];
  shopper?: ShopperBody | null;
  /** The four stages every shopper knows; absent before all stores have accepted. */
  stage?: string | null;
  /** `placing`, `pending_payment`, `on_hold`, `open`, `completed`, `cancelled`, `expired`, `refused`. */
  status: string;
  /** What happened when; only where one order is asked for. */
  timeline?: Moment[];
  wanted_at?: Millis | null;
};

export type ParcelBody = {
  status: string;
};

export type ParcelView = {
  carrier: string;
  fulfillment_order: Id;
  parcel: Id;
  since_at: Millis;
  status: string;
  tracking_number: string;
};

/** One store's share. */
export type PartView = {
  distance_m?: number | null;
  fulfillment_order: Id;
  lines: UnitsView[];
  place: Point;
  promised_by_at: Millis;
  promised_from_at: Millis;
  ready_at: Millis;
  release_at?: Millis | null;
  status: string;
  store: Id;
};

export type PauseBody = {
  until_at?: Millis | null;
};

export type PayOutcome = 'success' | 'fail';

export type PaymentRefundView = {
  amount_fen: Fen;
  /** `forgone`: that much less is collected. `returned`: it came in and went back. */
  kind: string;
  reason: string;
  refund: Id;
};

export type PaymentView = {
  amount_fen: Fen;
  captured_fen: Fen;
  method: string;
  order: Id;
  payment: Id;
  refundable_fen: Fen;
  refunds: PaymentRefundView[];
  returned_fen: Fen;
  /** `created`, `authorized`, `captured`, `partially_refunded`, `refunded`, `voided`, `failed`. */
  status: string;
};

/** One thing a role may do. */
export type Permit = {
  /** The most it may decide at once, in the verb's own unit. */
  limit?: number | null;
  reach: Reach;
  verb: Verb;
};

export type PingBody = {
  /** When the device measured it. */
  at: Millis;
  coord?: string | null;
  lat: number;
  lon: number;
};

export type PlaceBody = {
  destination?: Point | null;
  /** The channel's own id of the order, unique within the channel. */
  external_id?: string | null;
  /** `online`, `cash_on_delivery` or `channel_paid`. */
  payment_method: string;
  /** The signed quote, as it was given out. */
  quote: string;
  shopper: ShopperBody;
  store?: Id | null;
  wanted_at?: Millis | null;
};

export type PlacedPartView = {
  fulfillment_order: Id;
  promised_by_at: Millis;
  promised_from_at: Millis;
  store: Id;
};

export type PlacedPayment = {
  id: Id;
  /** Where an online payment is made. */
  pay_url?: string | null;
  payable_fen: Fen;
};

export type PlacedView = {
  order: Id;
  parts: PlacedPartView[];
  payment: PlacedPayment;
  /** What the shopper says at the counter; only for a pickup, and nobody else has it. */
  pickup_code?: string | null;
  placed_at: Millis;
  /** Opens this order, and nothing else. */
  shopper_token: string;
  status: string;
};

/** A point; `coord` says which datum it was measured in and is `wgs84` when absent. */
export type Point = {
  coord?: Datum;
  /** Degrees north, -90 to 90. */
  lat: number;
  /** Degrees east, -180 to 180. */
  lon: number;
};

export type PointsView = {
  /** What points may pay of this basket at most. */
  most_fen: Fen;
  /** What they pay. */
  off_fen: Fen;
  /** Spent by this quote. */
  points: number;
};

/** The policy, whole, at one version. */
export type PolicyView = {
  policy: Record<string, unknown>;
  version: number;
};

export type PositionView = {
  /** When the device measured it. */
  at: Millis;
  place: Point;
};

/** Measured positions, oldest first or in any order; late and doubled ones change nothing. */
export type PositionsBody = {
  /** At most 500. */
  pings: PingBody[];
};

/** Whether the positions were taken; a full house drops them and says so. */
export type PositionsTaken = {
  taken: boolean;
};

export type PricesView = {
  book_version: number;
  contracts: Record<string, unknown>[];
  grants: Record<string, unknown>[];
  quote_policy: Record<string, unknown>;
  store_prices: StorePriceView[];
};

export type PrincipalBody = {
  kind: PrincipalKind;
  /** A job or a device, no person's name; of a channel, the channel's name. */
  name: string;
  /** The name of a role. */
  role: string;
  /** `"all"`, `{"stores":[…]}`, `{"regions":[…]}`, `{"merchant":…}`, `{"courier":…}` or `"channel"`. */
  scope: Record<string, unknown>;
};

export type PrincipalKind = 'staff' | 'courier' | 'channel' | 'device' | 'shopper';

export type ProposedCourier = {
  because: string;
  courier: Id;
  dropoff_at: Millis;
  offer: Id;
  pickup_at: Millis;
};

export type ProposedView = {
  /** To be confirmed. */
  change: Id;
  /** What goes back when it is confirmed. */
  refund_fen: Fen;
};

export type QuoteBody = {
  /** Coupons of the member's to be used; at most 20. */
  coupons?: Id[];
  /** 1 to 200; lines of one SKU are merged. */
  lines: QuoteLineBody[];
  member?: Id | null;
  mode?: Mode;
  /** Points of the member's to be spent, as far as they may. */
  points?: number;
  store?: Id | null;
};

export type QuoteLineBody = {
  channel_price_fen?: Fen | null;
  /** 1 to 9,999. */
  quantity: number;
  sku: Id;
};

/** A price that holds until it expires. */
export type QuoteView = {
  book_version: number;
  campaigns_version: number;
  expires_at: Millis;
  /** What was taken off and why, and what was not and why not. */
  explanation: ExplanationView;
  fees: FeeView[];
  goods_fen: Fen;
  id: Id;
  lines: QuotedLine[];
  mode: Mode;
  payable_fen: Fen;
  /** The signed quote: what placing sends back, unread. */
  quote: string;
  uses?: UsesView | null;
};

export type QuotedLine = {
  fees_fen: Fen;
  goods_fen: Fen;
  list_price_fen: Fen;
  name: string;
  price_source: string;
  quantity: number;
  shares: ShareView[];
  sku: Id;
  tax_class: string;
  tax_fen: Fen;
  unit_price_fen: Fen;
};

/** How far a permission goes. */
export type Reach = 'everywhere' | 'own';

export type RefundView = {
  amount_fen: Fen;
  lines: UnitsView[];
  refund: Id;
  /** `owed`, `confirmed` or `waived`. */
  status: string;
  why: string;
};

export type RejectBody = {
  /** Absent or empty: all of it. */
  lines?: LineUnitsBody[];
  /** `not_in_stock`, `mismatch`, `damaged`, `too_busy`, `closing` or `other`. */
  reason: string;
};

/** Why what a client has of a topic is not continued. */
export type ResetReason = 'new_epoch' | 'gap' | 'slow_reader';

export type ResolveBody = {
  /** True: try the door again. False: bring it back to the store. */
  retry: boolean;
};

/** The last delta or snapshot of a topic that a client has seen. */
export type ResumePoint = {
  epoch: number;
  seq: number;
};

export type ReturnBody = {
  lines: LineUnitsBody[];
  reason: string;
};

export type ReturnRequested = {
  return_id: Id;
  seq: number;
};

export type ReturnView = {
  lines: UnitsView[];
  reason: string;
  return_id: Id;
  since_at: Millis;
  status: string;
};

/** A named set of permissions. */
export type Role = {
  hidden?: Field[];
  name: string;
  permits: Permit[];
  /** Requests a second, with a second's worth saved up; absent means the configured default. */
  requests_per_s?: number | null;
};

export type RoleList = {
  roles: Role[];
};

export type RushBody = {
  extra_prep_s: number;
  until_at?: Millis | null;
};

export type SafetyBody = {
  units: number;
};

export type SaleBody = {
  /** The till's own number of the sale: told twice, it counts once. */
  reference: string;
  /** 1 to 9,999. */
  units: number;
};

/** What a tester does on the sandbox provider's page. */
export type SandboxPayBody = {
  outcome: PayOutcome;
};

/** The sandbox provider's message; its signature stands in the header `Paidan-Signature`. */
export type SandboxWebhook = {
  amount_fen: Fen;
  /** The provider's own id of the message: told twice, it counts once. */
  id: string;
  outcome: PayOutcome;
  payment: Id;
};

/** For whom and for what; everything that is left out is not restricted. */
export type ScopeBody = {
  /** Either categories or SKUs. */
  categories?: string[] | null;
  channels?: string[] | null;
  /** SKUs that it leaves out. */
  except?: Id[];
  /** Only for who has an account; `tiers` says for which. */
  members_only?: boolean;
  skus?: Id[] | null;
  /** It then holds in quotes that name one of them. */
  stores?: Id[] | null;
  tiers?: string[] | null;
};

export type ScreenBody = {
  online: boolean;
};

/** What a client hears. */
export type ServerFrame = {
  connection: number;
  epoch: number;
  heartbeat_s: number;
  server_now: Millis;
  type: 'hello';
} | {
  epoch: number;
  seq: number;
  state: Body;
  topic: TopicName;
  type: 'snapshot';
} | {
  change: Body;
  epoch: number;
  seq: number;
  topic: TopicName;
  type: 'delta';
} | {
  at: Millis;
  courier: Id;
  etas: DeliveryEta[];
  place: Point;
  topic: TopicName;
  type: 'position';
} | {
  fulfillment_orders: Id[];
  topic: TopicName;
  type: 'acknowledged';
} | {
  topic: TopicName;
  type: 'reset';
  why: ResetReason;
} | {
  id: string;
  seq: number;
  type: 'done';
} | (FaultText & {
  id: string;
} & {
  type: 'refused';
}) | (FaultText & {
  topic?: TopicName | null;
} & {
  type: 'error';
}) | {
  type: 'pong';
};

export type SessionView = {
  expires_at: Millis;
  who: WhoView;
};

export type ShareView = {
  amount_fen: Fen;
  bearer: string;
  source: string;
};

/** Somebody to bring it to; kept sealed and apart from the order. */
export type ShopperBody = {
  /** Absent for a pickup. */
  address?: string | null;
  name: string;
  phone: string;
};

export type ShortPickBody = {
  lines: LineUnitsBody[];
  reason?: string;
};

/** What must still be spent. */
export type ShortView = {
  off_fen?: Fen | null;
  /** What is missing. */
  short_fen: Fen;
  /** What must be reached. */
  spend_fen: Fen;
};

/** A SKU, whole: writing it replaces what was there. */
export type SkuBody = {
  age_restricted?: boolean;
  /** EAN-8 or EAN-13, unique in the catalog. */
  barcode?: string | null;
  category: string;
  /** Headquarters' own short code, unique in the catalog. */
  code: string;
  /** No longer sold anywhere. */
  delisted?: boolean;
  id?: Id | null;
  /** SKUs of one basket with the same word are fulfilled by one store. */
  keep_together?: string | null;
  /** Tax included, for one unit. */
  list_price_fen: Fen;
  name: string;
  name_en?: string | null;
  tax_class: string;
  temperature?: string;
  /** The version that was read, 0 for a new SKU; absent replaces whatever is there. */
  version?: number | null;
  /** Of one unit, packed. */
  weight_g: number;
};

export type SkuPage = {
  next_after?: Id | null;
  skus: SkuView[];
};

/** A SKU with its price at the asked store. */
export type SkuView = SkuBody & {
  /** Units the asked store can sell now; absent when no store was asked or it does not list it. */
  available?: number | null;
  price_fen: Fen;
};

/** One planning: question, answer, reasons. */
export type SourcingView = {
  at: Millis;
  candidates: CandidateView[];
  chosen: ChosenStore[];
  /** `placing`, `hold_refused`, `resourcing` or `moving`. */
  purpose: Record<string, unknown>;
  /** `exact`, `greedy` or `pinned`; absent when there was no plan. */
  search?: string | null;
  unfillable?: string | null;
};

export type SpendAndSaveBody = {
  /** The highest tier that is reached counts. */
  tiers: SpendTierBody[];
} | {
  /** For every full `spend_fen`, `off_fen` is taken off. */
  every: {
    most_fen?: Fen | null;
    off_fen: Fen;
    spend_fen: Fen;
  };
};

export type SpendTierBody = {
  off_fen: Fen;
  spend_fen: Fen;
};

/** Which other campaigns may take something off the same goods. */
export type StackingBody = 'exclusive' | {
  /** Any but those of the same name. */
  group: string;
} | 'stackable';

/** What the status alone does not say. */
export type StatusDetail = {
  cancel_reason?: string | null;
  ended_at?: Millis | null;
  hold_reason?: string | null;
  payment_due_at?: Millis | null;
  refused_because?: string | null;
  return_until_at?: Millis | null;
};

export type StatusName = 'open' | 'paused' | 'rush' | 'offline';

/** A dispatcher's word about who carries a delivery. */
export type SteerBody = {
  courier?: Id | null;
  /** How long a pin holds at most; ten minutes when absent. */
  for_at_most_s?: number | null;
  reason: string;
  steer: SteerName;
};

export type SteerName = 'force' | 'exclude' | 'pin' | 'clear';

/** How far the courier is; steps may be skipped, the order never reverses. */
export type StepName = 'en_route_to_pickup' | 'arrived_at_pickup' | 'en_route_to_dropoff' | 'arrived_at_dropoff' | 'delivered';

/** Counted units of one SKU, for filling a store or a stocktaking. */
export type StockLine = {
  on_hand: number;
  /** Kept back from every channel; absent leaves it as it is. */
  safety_stock?: number | null;
  sku: Id;
};

export type StockList = {
  stock: StockView[];
};

export type StockView = {
  available_to_sell: number;
  damaged: number;
  listed: boolean;
  /** Sellable units in the store, reserved ones among them; below zero when a till oversold. */
  on_hand: number;
  /** Held and committed for orders. */
  reserved: number;
  safety_stock: number;
  sku: Id;
};

export type StopView = {
  delivery: Id;
  /** `pickup`, `dropoff` or `return`. */
  kind: string;
  place: Point;
};

/** A store, whole: writing it replaces what was there. */
export type StoreBody = {
  /** Shown to shoppers who collect there. */
  address?: string | null;
  /** `{"type":"Radius","center":{lat,lon},"radius_m":n}` or a GeoJSON polygon. */
  area: Record<string, unknown>;
  auto_accept?: boolean;
  /** Most orders promised within one capacity window of the policy. */
  capacity_per_window?: number;
  /** `{"time_zone":"Asia/Shanghai","weekly":{"monday":[{"open":"08:00","close":"22:00"}],…}}`. */
  hours: Record<string, unknown>;
  id?: Id | null;
  /** The legal seller behind the store. */
  merchant: Id;
  modes?: Mode[];
  name: string;
  place: Point;
  /** Added for each further order in progress. */
  prep_per_open_order_s?: number;
  /** To pick and pack one order when nothing else waits. */
  prep_time_s?: number;
  region?: Id | null;
  /** The version that was read, 0 for a new store; absent replaces whatever is there. */
  version?: number | null;
};

export type StoreList = {
  stores: StoreView[];
};

export type StorePriceBody = {
  price_fen: Fen;
};

export type StorePriceView = {
  price_fen: Fen;
  set_at: Millis;
  set_by: Id;
  sku: Id;
  store: Id;
};

/** What changes by the minute. */
export type StoreState = {
  extra_prep_s: number;
  /** By its hours, whatever its status. */
  is_open_now: boolean;
  open_orders: number;
  /** `open`, `paused`, `rush`, `offline` or `unknown`. */
  status: string;
  until_at?: Millis | null;
};

/** A store as it stands now. */
export type StoreView = StoreBody & {
  /** From the asked place, over ground. */
  distance_m?: number | null;
  id: Id;
  state: StoreState;
  version: number;
};

export type TaskView = {
  attempt: number;
  delivery: Id;
  dropoff: Point;
  order: Id;
  picked_up: boolean;
  pickup: Point;
  promised_by_at: Millis;
  ready_at: Millis;
  store: Id;
  weight_g: number;
};

export type TaxRateBody = {
  /** `{"from": milliseconds, "rate": thousandths}`. */
  change: Record<string, unknown>;
  class: string;
};

/** What the socket begins to listen to. */
export type TicketBody = {
  /** `{"kind":"order","id":…}`, `{"kind":"board","id":…}`, `{"kind":"courier","id":…}` or `{"kind":"operations"}`. */
  topics?: Record<string, unknown>[];
};

export type TicketView = {
  expires_at: Millis;
  /** Opens one socket, once, within 30 seconds. */
  ticket: string;
};

export type TokenBody = {
  /** Absent: until it is revoked. */
  expires_in_s?: number | null;
  principal: PrincipalBody;
};

export type TokenList = {
  tokens: TokenView[];
};

export type TokenView = {
  principal: Id;
  /** Told once; we keep its hash only. */
  token: string;
  token_id: Id;
};

/** What can be listened to. */
export type TopicName = {
  id: string;
  kind: 'order';
} | {
  id: string;
  kind: 'board';
} | {
  id: string;
  kind: 'courier';
} | {
  kind: 'operations';
};

export type UnitDiscountBody = {
  /** What a unit costs. */
  fixed_price: {
    price_fen: Fen;
  };
} | {
  /** So many thousandths of the price are taken off. */
  percent_off: {
    permille: number;
  };
} | {
  /** So much of the price is taken off. */
  amount_off: {
    off_fen: Fen;
  };
};

/** Some units of one line. */
export type UnitsView = {
  line: number;
  sku: Id;
  units: number;
};

/** Somebody who logs in, whole; writing it replaces what was there. */
export type UserBody = {
  /** May not log in any more, and is shown out at once. */
  disabled?: boolean;
  kind: PrincipalKind;
  /** 8 to 200 characters; absent keeps the one there is. */
  password?: string | null;
  /** The name of a role. */
  role: string;
  /** As of a token: `"all"`, `{"stores":[…]}`, `{"courier":…}` and so on. */
  scope: Record<string, unknown>;
};

export type UserList = {
  users: UserView[];
};

export type UserView = {
  disabled: boolean;
  kind: PrincipalKind;
  name: string;
  principal: Id;
  role: string;
  scope: Record<string, unknown>;
};

export type UsesView = {
  coupons: Id[];
  member: Id;
  points: number;
};

/** How a courier moves. */
export type Vehicle = 'walk' | 'bicycle' | 'ebike' | 'car';

/** Something that can be asked of the house. */
export type Verb = 'manage_tokens' | 'manage_roles' | 'manage_stores' | 'manage_couriers' | 'manage_catalog' | 'manage_prices' | 'manage_campaigns' | 'manage_policy' | 'read_policy' | 'read_feed' | 'watch_operations' | 'read_catalog' | 'set_store_price' | 'read_campaigns' | 'run_campaigns' | 'quote' | 'read_stores' | 'run_store' | 'read_board' | 'work_fulfillment' | 'read_stock' | 'manage_stock' | 'report_sale' | 'place_order' | 'read_order' | 'list_orders' | 'explain_order' | 'cancel_order' | 'change_order' | 'hold_order' | 'move_fulfillment' | 'request_return' | 'decide_return' | 'receive_return' | 'read_payment' | 'pay' | 'advance_delivery' | 'resolve_delivery' | 'steer_delivery' | 'receive_back' | 'advance_parcel' | 'read_couriers' | 'courier_duty' | 'suspend_courier' | 'report_position' | 'answer_offer';

/** Who the caller is. */
export type WhoView = {
  kind: PrincipalKind;
  name: string;
  principal: Id;
  role: string;
  scope: Record<string, unknown>;
};

/** What became of each document of a list, in its order. */
export type Written = {
  versions: number[];
};
