// The types of the wire, written from the server's own by
// `UPDATE=1 cargo test -p gateway --test pages`; a test fails when this file is stale.

export type AcceptBody = {
  /** Absent: as the store's settings say. */
  ready_in_s?: number | null;
};

export type AccuracyView = {
  forecast_count: number;
  /** Against "as on the same weekday a week before": below 1 is better. */
  mase?: number | null;
  /** Sum of absolute errors over sum of what was sold; absent where nothing was. */
  wape?: number | null;
};

/** Something that somebody at a gateway's socket does. */
export type ActBody = {
  act: ActText;
  seat: string;
};

export type ActText = {
  /** May they listen to this? */
  listen: {
    topic: TopicName;
  };
} | {
  /** `id` is the idempotency key. */
  carry: {
    command: CommandBody;
    id: string;
  };
} | {
  locate: {
    pings: PingBody[];
  };
};

export type ActView = {
  /** Of a board: whether they are people of its store. A server that does not say it counts all. */
  at_work?: boolean | null;
  /** Of a topic: they see it without what their role may not see. */
  masked?: boolean;
  /** Of a command: where it is recorded. */
  seq?: number | null;
};

export type AdjustBody = {
  /** Units in (positive) or out (negative), at most a million. */
  delta: number;
  /** Why: `received`, `damaged`, `expired`, `found`, `lost`, or other words. */
  reason: string;
};

export type AdjustPointsBody = {
  /** More than zero gives, less takes. */
  points: number;
  /** What the ledger shows. */
  reason: string;
};

/** Corrects what a merchant gets. */
export type AdjustmentBody = {
  /** To the merchant; negative takes from it. Not zero, at most a million yuan either way. */
  amount_fen: Fen;
  corrects?: Day | null;
  /** An open day. */
  day: Day;
  reason: string;
  store: Id;
};

export type AdjustmentView = {
  amount_fen: Fen;
  at: Millis;
  by: Id;
  corrects?: Day | null;
  day: Day;
  reason: string;
  store: Id;
};

export type AdvanceBody = {
  attempt: number;
  proof?: ProofBody | null;
  step: StepName;
};

export type AnswerBody = {
  note?: string | null;
};

export type AnswerView = {
  /** The seq that the deltas continue, as it was asked. */
  after?: number | null;
  /** Absent when that far back nothing is kept. */
  deltas?: Record<string, unknown>[] | null;
  /** 0 while the city recovers. */
  epoch: number;
  /** There is no such topic. */
  missing?: boolean;
  positions?: PositionText[];
  snapshot?: SnapshotText | null;
  topic: TopicName;
};

export type AnswersView = {
  answers: AnswerView[];
};

/** Something that was taken off. */
export type AppliedView = {
  campaign: Id;
  /** What the goods it counted were worth before. */
  counted_fen: Fen;
  coupon?: Id | null;
  lines: LineOff[];
  name: string;
  next?: ShortView | null;
  off_fen: Fen;
  stage: StageName;
};

/** What shall be done once a second person agrees. */
export type ApprovalAction = {
  kind: 'cancel_order';
  order: Id;
} | {
  kind: 'approve_return';
  order: Id;
  return_id: Id;
} | {
  change: Id;
  kind: 'confirm_change';
  order: Id;
};

export type ApprovalBody = {
  action: ApprovalAction;
  /** Why, for whoever decides. */
  note: string;
};

export type ApprovalList = {
  /** Youngest first. */
  approvals: ApprovalView[];
};

export type ApprovalView = {
  action: ApprovalAction;
  /** What the order was worth when it was asked for. */
  amount_fen: Fen;
  answer_note?: string | null;
  answered_at?: Millis | null;
  answered_by?: Id | null;
  approval: Id;
  asked_at: Millis;
  asked_by: Id;
  note: string;
  /** `open`, `approved` or `rejected`. */
  status: string;
};

export type AssessmentView = {
  accuracy?: AccuracyView | null;
  deviation_per_day: number;
  lead_time_demand: number;
  mean_per_day: number;
  order_up_to: number;
  reorder_point: number;
  safety_stock: number;
};

/** Where the journal and the documents stand now. */
export type AuditHeads = {
  /** The documents first, then partition by partition. */
  heads: HeadView[];
};

export type AuditPage = {
  /** Youngest first. */
  changes: AuditView[];
  /** To ask for the next page with; absent on the last one. */
  next_before?: number | null;
};

/** One version of one of headquarters' documents. */
export type AuditView = {
  at: Millis;
  /** What it says since; without passwords. Absent for kinds that hold more than headquarters' own. */
  body?: Record<string, unknown> | null;
  /** On whose word. */
  by: string;
  /** Their name, of somebody who logs in. */
  by_name?: string | null;
  id: string;
  /** `store`, `courier`, `book`, `policy`, `role`, `user`, `token`, `approval` and so on. */
  kind: string;
  /** Grows with every change of anything. */
  revision: number;
  version: number;
};

/** Money of an order that is neither earned nor given back. */
export type BalanceView = {
  at: Millis;
  channel: string;
  /** Paid for what was sold and not returned. */
  earned_fen: Fen;
  /** What is held for the shopper; negative while it is owed to us. */
  held_fen: Fen;
  kept_fen: Fen;
  order: Id;
  paid_back_fen: Fen;
  received_fen: Fen;
  /**
   * `awaiting_goods`, `awaiting_payment` and `refund_owed` pass by themselves; `overpaid` and `underpaid` are
   * differences that somebody must look at.
   */
  standing: string;
  store: Id;
};

export type BearerBody = {
  bearer: BearerName;
  permille: number;
};

/** Who carries what is taken off. */
export type BearerName = 'hq' | 'store' | 'merchant' | 'platform';

/** One fulfillment order on the board. One that has ended leaves it. */
export type BoardCard = {
  accept_by_at?: Millis | null;
  courier?: Id | null;
  courier_at?: Millis | null;
  courier_here_at?: Millis | null;
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
  reminded?: CardReminder | null;
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
  /** SKUs at or below their reorder points. */
  low_stock?: Id[];
  status: BoardStatus;
  store: Id;
};

/** A topic's state or change. */
export type Body = {
  order: OrderView;
} | {
  fulfillment_orders: BoardCard[];
  /** All SKUs at or below their reorder points; in a delta only when they are others than before. */
  low_stock?: Id[] | null;
  status: BoardStatus;
} | {
  courier: CourierView;
} | {
  orders: OrderCardView[];
} | {
  figures: TodayView;
};

/** The price book was changed. */
export type BookVersion = {
  book_version: number;
};

/** What somebody bears of a rule's discounts. */
export type BorneView = {
  amount_fen: Fen;
  /** `hq`, `store`, `merchant` or `platform`. */
  bearer: string;
};

export type BudgetBody = {
  amount_fen?: Fen | null;
  /** In how many orders. */
  uses?: number | null;
};

/** A campaign's budget and where it is: each city spends what it was granted. */
export type BudgetView = {
  cities: CityBudgetView[];
  /** Granted to no city yet. */
  free: BudgetBody;
  total: BudgetBody;
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
  stages: StageName[];
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
export type CampaignView = {
  /** Who carries what it takes off: 1,000 thousandths together. Absent: whoever gives it. */
  bearers?: BearerBody[];
  budget?: BudgetBody | null;
  discount: DiscountBody;
  /** From this moment on it takes nothing off. */
  ends_at: Millis;
  id: Id;
  /** What a shopper reads: 1 to 60 characters. */
  name: string;
  /** Its place among the campaigns of its stage: the lower number first. */
  priority?: number;
  /** For whom and for what; everything that is left out is not restricted. */
  scope?: ScopeBody;
  stacking: StackingBody;
  stage: StageName;
  starts_at: Millis;
  state: CampaignState;
  store?: Id | null;
  /** The version that was read, 0 for a new campaign; absent replaces whatever is there. */
  version?: number | null;
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

export type CancelTransferBody = {
  reason: string;
};

export type CandidateView = {
  distance_m?: number | null;
  /** Why it lost, with what it lost by; absent for the chosen. */
  lost?: Record<string, unknown> | null;
  store: Id;
};

/** A shopper who asks. Screens call it out until somebody has answered. */
export type CardReminder = {
  at: Millis;
  count: number;
  is_answered: boolean;
};

/** A shelf of the catalog; the address names it by its code. */
export type CategoryBody = {
  code?: string | null;
  name: string;
  name_en?: string | null;
  /** Absent for a root. */
  parent?: string | null;
  /** Among its siblings, small ones first. */
  position?: number;
};

export type CategoryList = {
  categories: CategoryView[];
};

export type CategoryView = {
  code?: string | null;
  name: string;
  name_en?: string | null;
  /** Absent for a root. */
  parent?: string | null;
  /** Among its siblings, small ones first. */
  position?: number;
  /** SKUs that name this category itself, those no longer sold aside. */
  sku_count: number;
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

export type CityBudgetView = {
  /** The city's number. */
  city: number;
  /** Granted to it and not returned. */
  granted: BudgetBody;
  /** It asked for more and there is none. */
  is_waiting: boolean;
  /** What its orders may still draw. */
  left: BudgetBody;
  /** Drawn by orders under way, */
  open_fen: Fen;
  open_uses: number;
  /** and by completed ones. */
  spent_fen: Fen;
  spent_uses: number;
};

/**
 * Sums over rounds since the policy in force was written or the process started. A delivery that waits for
 * several rounds counts in each.
 */
export type CityShadow = {
  /** Offered by both, to the same courier. */
  alike: number;
  last_round_at: Millis;
  /** Over the deliveries that both offered. */
  live: ExpectedView;
  live_planner: string;
  only_live: number;
  only_shadow: number;
  partition: number;
  /** The policy that named the second one. */
  policy_version: number;
  rounds: number;
  /** Rounds in which not all deliveries were answered alike. */
  rounds_apart: number;
  /** Rounds that were not planned twice, since an earlier second plan was not ready. */
  rounds_skipped: number;
  shadow: ExpectedView;
  shadow_planner: string;
  since_at: Millis;
  /** The longest that a second plan took. */
  slowest_ms: number;
  /** Offered by both, to different couriers. */
  to_another: number;
  /** Deliveries that waited. */
  waiting: number;
};

export type ClaimBody = {
  campaign: Id;
  /** Why, where headquarters gives it: 1 to 200 characters. */
  reason?: string | null;
};

export type ClaimableView = {
  campaign: Id;
  claim_until: Millis;
  /** How many of them this member may still claim. */
  left: number;
  name: string;
};

export type ClaimedView = {
  coupon: Id;
  expires_at: Millis;
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

/** Closes a day. */
export type CloseBody = {
  day: Day;
  /** All stores when absent. */
  stores?: Id[] | null;
};

export type CodeSentView = {
  /** The code can be typed until then. */
  expires_at: Millis;
  /** Only in the sandbox (`code_sender = sandbox`): the code itself. */
  sandbox_code?: string | null;
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

/** What a member agrees to. */
export type ConsentBody = {
  /** Whether offers may be sent. */
  marketing?: boolean;
  /** The version of the terms that were shown: 1 to 40 characters. */
  terms: string;
};

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

export type CouponHistory = {
  /** The youngest first. */
  lines: CouponLine[];
};

/** One change of one coupon. */
export type CouponLine = {
  at: Millis;
  coupon: Id;
  /** What its campaign is called, while it is known. */
  name?: string | null;
  order?: Id | null;
  /** Why headquarters gave it. */
  reason?: string | null;
  /** `claimed`, `held`, `given_back`, `used` or `expired`. */
  what: string;
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

export type CouponView = {
  campaign: Id;
  coupon: Id;
  expires_at: Millis;
  held_for?: Id | null;
  /** What the campaign is called, while it is known. */
  name?: string | null;
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

/** A courier's day, from the books. */
export type CourierDayView = {
  /** By the stores' calendar. */
  day: string;
  delivered: number;
  /** Times that nobody could take it. */
  failed: number;
  /** At the door by what was promised. */
  on_time: number;
  stars?: StarsView | null;
};

export type CourierList = {
  couriers: CourierView[];
  next_after?: Id | null;
};

export type CourierStars = {
  /** 1.0 to 5.0; 0 where nobody rated. */
  average: number;
  /** How many gave one star, two, three, four, five. */
  by_stars: number[];
  count: number;
  courier: Id;
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

/** A date of a store's own calendar. */
export type Day = string;

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
  /**
   * What `delivered` must be proved by at least: `photo`, `signature` or `code`, each of which serves for those
   * before it. Absent: the courier's word suffices.
   */
  needs_proof?: string | null;
  proof?: ProofView | null;
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

/** Everything a figure comes from. */
export type DemandView = {
  assessment?: AssessmentView | null;
  /** ISO date of the first day, as the store's calendar has it. */
  first_day: string;
  /** Units of each day from then on, today's so far included. */
  units: number[];
};

export type DifferenceView = {
  /** The first row of the same order, where it is doubled. */
  first_row?: number | null;
  /** `missing_here`, `missing_there`, `amount`, `fee`, `date` or `doubled`. */
  kind: string;
  /** Ours where we know it, else the channel's. */
  order: string;
  /** Fen, or a date. */
  ours?: string | null;
  /** Of the statement, from 1 after the heading. */
  row?: number | null;
  theirs?: string | null;
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
  stage: StageName;
};

export type DiscountView = {
  amount_fen: Fen;
  bearer: string;
  source: string;
};

export type DiscrepancyBody = {
  note?: string | null;
  /**
   * `missing` (will not come), `damaged`, `expired` (both here, not to be sold) or `surplus` (here, though nobody
   * shipped it).
   */
  reason: string;
  sku: Id;
  units: number;
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
  waits?: WaitView | null;
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

export type EnrolBody = {
  /** The code that the phone got. */
  code: string;
  consent: ConsentBody;
  name?: string | null;
  phone: string;
};

/** A prediction, which moves; a promise does not. */
export type EtaView = {
  /** At the door. */
  at: Millis;
  confidence: ConfidenceView;
  /** Other people's doors that the courier comes to first. */
  doors_before?: number;
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

/** What one policy expects of the deliveries that both offered: means from the round on, in seconds. */
export type ExpectedView = {
  /** Deliveries predicted at the door after what was promised. */
  at_risk: number;
  until_dropoff_s: number;
  until_pickup_s: number;
};

export type ExpiringView = {
  expires_at: Millis;
  points: number;
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

/** Sales less returns. */
export type FiguresView = {
  discounts_fen: Fen;
  fees_fen: Fen;
  /** Paid for goods: `list − discounts`. */
  goods_fen: Fen;
  list_fen: Fen;
  /** Goods and fees. */
  paid_fen: Fen;
  platform_fee_fen: Fen;
  /** Of returned goods; no longer in `goods_fen`. */
  returned_goods_fen: Fen;
  /** Units that came back; they are no longer in `units`. */
  returned_units: number;
  /** Stores' shares of orders that reached their shoppers. */
  sales: number;
  tax_fen: Fen;
  units: number;
};

export type Filing = {
  from: Day;
  gross_fen: Fen;
  read_to: ReadToView;
  rows: FilingRowView[];
  tax_fen: Fen;
  to: Day;
};

/** What is due of a period under one rate. */
export type FilingRowView = {
  /** and of which tax class or kind. */
  class: string;
  gross_fen: Fen;
  /** The postings with lines of this kind: those lines add up to it. */
  list: string;
  merchant: Id;
  /** `gross − tax`. */
  net_fen: Fen;
  /** In thousandths. */
  rate: number;
  tax_fen: Fen;
  /** `goods` or `fee`, */
  taxed: string;
};

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

/** The end of one chain of digests. */
export type HeadView = {
  /**
   * What `simulator check --anchor` takes: note it somewhere else, and nobody can change what was recorded by
   * then without its being found. Absent where there is no chain.
   */
  anchor?: string | null;
  /** Absent for the documents. */
  partition?: number | null;
  /** The last seq of the partition, or the last revision of the documents. */
  through: number;
};

/** What a gateway needs to begin. */
export type HelloView = {
  /** Names this installation's channels. */
  chain: string;
  /** 0 while the city recovers. */
  epoch: number;
  /** For how long still, where that is known. */
  fast_for_ms?: number | null;
  /** With which news is signed, in base64 without padding. */
  key: string;
  now: Millis;
  /** Where pages may get pictures of maps from, beside the gateway itself. */
  picture_origins?: string[];
  /** How many times faster than the wall the city lives. */
  scale: number;
};

export type HoldBody = {
  /** `review`, `group_forming` or `presale`. */
  reason: string;
};

export type HourView = {
  figures: FiguresView;
  /** Of the store's day, 0 to 23. */
  hour: number;
};

/** The name of something: a UUID in its text form. */
export type Id = string;

/** An uploaded picture. */
export type ImageView = {
  /** What SKUs and products name. */
  image: string;
  /** Where pages load it from. */
  url: string;
};

/** What became of a catalog file. */
export type ImportReport = {
  book_version: number;
  errors: Problem[];
  new_count: number;
  row_count: number;
  /** Rows that are written, new SKUs among them. */
  written_count: number;
};

export type LedgerPage = {
  /** To ask for the next page with; absent at the end. */
  next_after?: string | null;
  postings: PostingView[];
  read_to: ReadToView;
};

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

export type LookUpBody = {
  /** The code that the member shows. */
  code: string;
};

export type LowList = {
  /** The least of its reorder point left first. */
  low: LowView[];
};

export type LowView = {
  incoming: number;
  name: string;
  on_hand: number;
  position: number;
  reorder_point: number;
  sku: Id;
  store: Id;
};

/** The ground of every map, and whose it is. */
export type MapView = {
  /** The number under which the map was approved (审图号); every map shows it. */
  approval_number?: string | null;
  /** Whose map it is; every map shows it. Absent: the streets say it themselves. */
  attribution?: string | null;
  tiles?: TilesView | null;
};

/** What the member shows at the counter, as a QR code. */
export type MemberCodeView = {
  code: string;
  expires_at: Millis;
};

export type MemberLogInBody = {
  code: string;
  phone: string;
};

export type MemberPage = {
  members: MemberRow[];
  next_after?: Id | null;
};

/** The rules for members, whole, at one version. */
export type MemberPolicyView = {
  policy: Record<string, unknown>;
  version: number;
};

/** A member in a list: nothing of it was sealed. */
export type MemberRow = {
  enrolled_at: Millis;
  growth: number;
  last_order?: Id | null;
  member: Id;
  points: number;
  tier?: TierView | null;
};

/** Which members; what is absent does not narrow. */
export type MemberSearchBody = {
  after?: Id | null;
  /** Only those with an order that uses coupons or points, or was completed and can still come back. */
  buys?: boolean;
  /** 1 to 200; 50 when absent. */
  limit?: number | null;
  /** The last four digits of the phone. Members enrolled before tails were kept are not found. */
  phone_tail?: string | null;
  /** A tier's code. */
  tier?: string | null;
};

export type MemberSessionView = {
  expires_at: Millis;
  member: Id;
  /** Opens what is the member's own. Told once. */
  token: string;
};

export type MemberView = {
  consent?: ConsentBody | null;
  coupon_count: number;
  expiring?: ExpiringView | null;
  /** Decides the tier. */
  growth: number;
  member: Id;
  /** Only for whoever may see people. */
  name?: string | null;
  /** With stars, except for the member. */
  phone?: string | null;
  /** What can be spent. */
  points: number;
  /** To be earned before points grow again: earned by goods that came back after it was spent. */
  points_owed: number;
  /** `enrolled` or `erased`. */
  status: string;
  tier?: TierView | null;
};

export type MerchantList = {
  merchants: MerchantView[];
};

export type MerchantView = {
  merchant: Id;
  name: string;
  store_count: number;
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

/** Headquarters moves a store's share, or some of its units, before hand-over. */
export type MoveBody = {
  /** Absent or empty: all of it. Else the rest stays where it is, as it is. */
  lines?: LineUnitsBody[];
  reason: string;
  to: Id;
};

export type MoveCandidate = {
  can_take_all: boolean;
  /** Store to door; absent for a pickup. */
  distance_m?: number | null;
  /** Why it cannot, in the words of an explanation. */
  lost?: Record<string, unknown> | null;
  promised_by_at?: Millis | null;
  store: Id;
};

/** Where a store's share could move. */
export type MoveCandidates = {
  /** Those that can take all of it first, nearest first among each. */
  candidates: MoveCandidate[];
};

export type MovedLineView = {
  /** Whether it is part of what turns count as sold. */
  is_sale: boolean;
  sku: Id;
  /** More than zero came, less left. */
  units: number;
  /**
   * `consumed` (with an order), `sold_at_till`, `came_back`, `counted`, `transfer_out`, `transfer_in`,
   * `transfer_surplus`, `adjusted` or why it was, `rejected` or why it was.
   */
  why: string;
};

export type NameBody = {
  name: string;
};

export type NameVersion = {
  version: number;
};

/** Something that could have been taken off, and why it was not. */
export type NotAppliedView = {
  campaign: Id;
  coupon?: Id | null;
  excluded_by?: Id | null;
  /** The same as a sentence. */
  message: string;
  name: string;
  /**
   * `short`, `tier`, `excluded`, `nothing_left`, `budget_used_up`, `other_goods`, `other_store`, `other_channel`,
   * `not_yet`, `over` or `one_per_kind`.
   */
  reason: string;
  short?: ShortView | null;
  stage: StageName;
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
  mode: Mode;
  order: Id;
  promised_by_at?: Millis | null;
  /** How often the shopper asked where it is. */
  reminders?: number;
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
  cancel_fee_fen?: Fen | null;
  channel: string;
  deliveries: DeliveryView[];
  delivery_status: string;
  destination?: Point | null;
  /** What the shopper says at the door; only where its shopper asks for the order. */
  door_code?: string | null;
  external_id?: string | null;
  fulfillment_status: string;
  lines: LineView[];
  member?: Id | null;
  mode: Mode;
  money?: MoneyView | null;
  needs_attention: boolean;
  order: Id;
  parcels?: ParcelView[];
  parts: PartView[];
  payment_status: string;
  placed_at: Millis;
  proposed_change?: ChangeView | null;
  rate_until_at?: Millis | null;
  rating?: RatingView | null;
  reminders?: RemindersView | null;
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
  /**
   * With `returned`, and needed there, how the goods are that the store has again: `good` ones are sold again,
   * `damaged` ones kept aside.
   */
  condition?: string | null;
  status: ParcelWord;
};

export type ParcelView = {
  carrier: string;
  fulfillment_order: Id;
  parcel: Id;
  since_at: Millis;
  status: string;
  tracking_number: string;
};

export type ParcelWord = 'in_transit' | 'returning' | 'delivered' | 'returned' | 'lost';

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

/** What a pass over demand did. */
export type PassView = {
  /** SKUs at stores of which something can be said. */
  assessed_count: number;
  /** The last event of the feed that was looked at. */
  seq: number;
  /** Stores whose reorder points were told. */
  told_store_count: number;
};

export type PauseBody = {
  until_at?: Millis | null;
};

export type PayOutcome = 'success' | 'fail';

export type PaymentReconciliation = {
  /** Orders whose money and goods do not agree now, by id. */
  balances: BalanceView[];
  /** How many of them are differences. */
  differences: number;
  read_to: ReadToView;
};

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
  /**
   * Above this much, in the same unit, a second person must agree (`/v1/approvals`). Asked of cancelling orders,
   * of taking units off them, and of giving money back for returns.
   */
  second_above?: number | null;
  verb: Verb;
};

/** A phone that shall get a code. */
export type PhoneBody = {
  phone: string;
};

/** A picture as it was kept. */
export type PictureView = {
  /** The same picture of the same order has the same name. */
  picture: Id;
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

export type PointsLedger = {
  /** The sum of all lines, those that are not shown among them: what can be spent. */
  balance: number;
  /** The youngest first. */
  lines: PointsLine[];
};

/** One line of the ledger; the balance is the sum of all lines. */
export type PointsLine = {
  at: Millis;
  note?: string | null;
  order?: Id | null;
  points: number;
  /** `earn`, `spend`, `give_back`, `expire`, `reverse`, `adjust` or `erase`. */
  reason: string;
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

export type PositionText = {
  courier: Id;
  frame: Record<string, unknown>;
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

/** One entry of the books. */
export type PostingView = {
  /** Money in or out, or what was paid for the lines; negative for a return. */
  amount_fen: Fen;
  at: Millis;
  channel: string;
  day: Day;
  external_id?: string | null;
  hour: number;
  /** To ask for what comes after it. */
  key: string;
  /** `sold`, `returned`, `received`, `paid_back` or `kept`. */
  kind: string;
  lines?: SaleLineView[];
  merchant: Id;
  order: Id;
  seq: number;
  store: Id;
  tier?: string | null;
};

export type PricesView = {
  book_version: number;
  contracts: Record<string, unknown>[];
  grants: Record<string, unknown>[];
  quote_policy: Record<string, unknown>;
  store_prices: StorePriceView[];
  tax_rates: TaxRateView[];
};

export type PrincipalBody = {
  kind: PrincipalKind;
  /** A job or a device, no person's name; of a channel, the channel's name. */
  name: string;
  /** The name of a role. */
  role: string;
  /** `"all"`, `{"stores":[…]}`, `{"regions":[…]}`, `{"merchant":…}`, `{"courier":…}` or `"channel"`. */
  scope: ScopeName;
};

export type PrincipalKind = 'staff' | 'courier' | 'channel' | 'device' | 'shopper';

/** One row that was not taken, and why. */
export type Problem = {
  /** A stable code; see docs/faults.md. */
  code: string;
  /** The head of the column, where one is to blame. */
  column?: string | null;
  message: string;
  /** As the spreadsheet counts: the head is row 1. */
  row: number;
};

/** What the sizes and tastes of one thing have in common. */
export type ProductBody = {
  category: string;
  code: string;
  description?: string | null;
  id?: Id | null;
  /** Names of uploaded images, the first one for lists. */
  images?: string[];
  name: string;
  name_en?: string | null;
  /** The attributes in which its SKUs differ. */
  options?: string[];
  /** The version that was read, 0 for a new one; absent replaces whatever is there. */
  version?: number | null;
};

export type ProductPage = {
  next_after?: Id | null;
  products: ProductBody[];
};

export type ProductView = {
  category: string;
  code: string;
  description?: string | null;
  id?: Id | null;
  /** Names of uploaded images, the first one for lists. */
  images?: string[];
  name: string;
  name_en?: string | null;
  /** The attributes in which its SKUs differ. */
  options?: string[];
  skus: SkuBody[];
  /** The version that was read, 0 for a new one; absent replaces whatever is there. */
  version?: number | null;
};

/**
 * What a courier shows with `delivered`. Pictures are sent first, to `POST
 * /v1/orders/{order}/deliveries/{delivery}/pictures`, and named here.
 */
export type ProofBody = {
  kind: 'handed_to_person';
} | {
  kind: 'left_at_door';
  photo?: Id | null;
} | {
  kind: 'photo';
  photo: Id;
} | {
  kind: 'signature';
  picture: Id;
} | {
  code: string;
  kind: 'code';
};

/** How it was handed over. */
export type ProofView = {
  /** `handed_to_person`, `left_at_door`, `photo`, `signature` or `code`. */
  kind: string;
  picture?: Id | null;
};

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

/** Goods on sale at all or chosen stores, and their list prices there, from a moment on. */
export type PublicationBody = {
  effective_at?: Millis | null;
  items: PublishedSkuBody[];
  /** `"all"` or `{"only": [ids]}`. */
  stores: StoresName;
};

export type PublicationList = {
  publications: PublicationView[];
};

export type PublicationView = {
  effective_at?: Millis | null;
  /** Whether its moment has come. */
  in_effect: boolean;
  items: PublishedSkuBody[];
  name: string;
  /** `"all"` or `{"only": [ids]}`. */
  stores: StoresName;
};

export type PublishedSkuBody = {
  list_price_fen?: Fen | null;
  sku: Id;
  /** Whether these stores sell it. */
  sold?: boolean;
};

export type PurchaseList = {
  /** The youngest first. */
  orders: PurchaseView[];
};

/** One completed order. */
export type PurchaseView = {
  completed_at: Millis;
  order: Id;
  /** After everything that was given back until now. */
  paid_fen: Fen;
  points_earned: number;
};

/** Why stores were looked for. */
export type PurposeName = 'placing' | 'hold_refused' | 'resourcing' | {
  moving: {
    fulfillment_order: string;
  };
};

/** What came of a topic after a point, and the topic whole where somebody begins. */
export type QuestionBody = {
  after?: ResumePoint | null;
  /** Of a board: whether people of the store listen there. A gateway that does not say it is taken to have some. */
  attended?: boolean | null;
  snapshot?: boolean;
  topic: TopicName;
};

export type QuestionsBody = {
  questions: QuestionBody[];
};

export type QuoteBody = {
  /** Coupons of the member's to be used; at most 20. */
  coupons?: Id[];
  /** 1 to 200; lines of one SKU are merged. */
  lines: QuoteLineBody[];
  /**
   * Whose basket it is: the code that the member shows, or the token of the member's session. Absent: nobody's
   * with an account.
   */
  member?: string | null;
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

/** What a shopper says afterwards, once. */
export type RatingBody = {
  /** 1 to 5; absent where no courier brought it. */
  courier_stars?: number | null;
  /** 1 to 5. */
  store_stars: number;
  /**
   * At most five of `fast`, `polite`, `well_packed`, `fresh`, `slow`, `rude`, `badly_packed`, `not_fresh`,
   * `items_missing`.
   */
  tags?: string[];
  /** At most 500 characters; kept sealed with names and addresses. */
  text?: string | null;
};

export type RatingView = {
  at: Millis;
  courier_stars?: number | null;
  has_text: boolean;
  store_stars: number;
  tags: string[];
  /** Only where one order is asked for by somebody who sees people. */
  text?: string | null;
};

/** How stores and couriers were rated, as far as the books have read. */
export type RatingsReport = {
  /** Empty for who reads some stores only: couriers carry for all. */
  couriers: CourierStars[];
  /** Everything rated before is in it. */
  read_to_at: Millis;
  stores: StoreStars[];
};

/** How far a permission goes. */
export type Reach = 'everywhere' | 'own';

/** How far the feed is in the books: later events are not in these figures yet. */
export type ReadToView = {
  at: Millis;
  seq: number;
};

export type ReceiptView = {
  at: Millis;
  discrepancies: DiscrepancyBody[];
  lines: TransferLineBody[];
};

/** How goods are that a courier brings back. */
export type ReceiveBackBody = {
  /**
   * `good`: sellable again. `damaged`: kept aside. Left out: `damaged` where the attempt failed because of
   * damage, else `good`.
   */
  condition?: string | null;
};

/** What came. What is named nowhere is still in transit. */
export type ReceiveBody = {
  /** Everything in transit came in order: leaves `lines` empty. */
  all?: boolean;
  discrepancies?: DiscrepancyBody[];
  /** Sellable units that are now on the shelf. */
  lines?: TransferLineBody[];
};

export type RefundView = {
  amount_fen: Fen;
  lines: UnitsView[];
  refund: Id;
  /** `owed`, `confirmed` or `waived`. */
  status: string;
  why: string;
};

export type RegionList = {
  regions: RegionView[];
};

export type RegionView = {
  name: string;
  region: Id;
  store_count: number;
};

export type RejectBody = {
  /** Absent or empty: all of it. */
  lines?: LineUnitsBody[];
  /** `not_in_stock`, `mismatch`, `damaged`, `too_busy`, `closing` or `other`. */
  reason: string;
};

/** What a store says to a shopper who asks. */
export type ReminderAnswerBody = {
  /** `on_it`, `five_minutes`, `ten_minutes` or `waiting_for_courier`. */
  answer: string;
};

/** How often a shopper asked where it is. */
export type RemindersView = {
  /** Before then asking again is refused. */
  again_at: Millis;
  /** What was said to the last one: `on_it`, `five_minutes`, `ten_minutes` or `waiting_for_courier`. */
  answer?: string | null;
  count: number;
  last_at: Millis;
};

/** What headquarters wants of its stock, at one version. */
export type ReplenishmentPolicyView = {
  policy: Record<string, unknown>;
  version: number;
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
  sold_at?: Millis | null;
  /** 1 to 9,999. */
  units: number;
};

export type SaleLineView = {
  discounts: DiscountView[];
  /** The same one by one, those that are not zero. */
  fees?: FeeView[];
  fees_fen: Fen;
  goods_fen: Fen;
  line: number;
  list_fen: Fen;
  platform_fee_fen: Fen;
  sku: Id;
  tax_class: string;
  /** Contained in goods. */
  tax_fen: Fen;
  /** In thousandths. */
  tax_rate: number;
  units: number;
};

export type SalesReport = {
  by: string;
  from: Day;
  /** The postings behind the total. */
  list: string;
  read_to: ReadToView;
  rows: SalesRow[];
  to: Day;
  total: FiguresView;
};

export type SalesRow = {
  /**
   * Of a rule: what it took off itself, by who bears it. The figures are those of all lines that it took
   * something off, with the discounts of other rules among them.
   */
  borne?: BorneView[];
  figures: FiguresView;
  /** A store, SKU, day, hour, channel, tier or rule. */
  key: string;
  /** The postings behind the row. */
  list: string;
  name?: string | null;
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

/** Where somebody's role applies. */
export type ScopeName = 'all' | {
  stores: string[];
} | {
  regions: string[];
} | {
  merchant: string;
} | {
  courier: string;
} | 'channel' | {
  order: string;
} | {
  member: string;
};

export type ScreenBody = {
  online: boolean;
};

export type SeatBody = {
  /** Of `POST /v1/tickets`; it is used up. */
  ticket: string;
};

export type SeatView = {
  /** What the gateway shows with everything that this socket does. */
  seat: string;
  token?: Id | null;
  topics: TopicName[];
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
  /** The courier comes for the goods and has not got them: this is only about where it is. */
  is_rough?: boolean;
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

export type ServiceDay = {
  day: Day;
  list: string;
  service: ServiceView;
};

export type ServiceReport = {
  /** Of all stores, day by day; days on which nothing was served are left out. */
  days: ServiceDay[];
  from: Day;
  list: string;
  read_to: ReadToView;
  rows: ServiceRow[];
  to: Day;
  total: ServiceView;
};

export type ServiceRow = {
  list: string;
  name: string;
  service: ServiceView;
  store: Id;
};

export type ServiceView = {
  /** From the store's bell to its yes. */
  accept: TimesView;
  /** From hand-over to the door. */
  delivery: TimesView;
  on_time: number;
  /** Absent before anything was served. */
  on_time_permille?: number | null;
  /** From the yes to packed. */
  pick: TimesView;
  /** From packed to handed over. */
  pickup_wait: TimesView;
  /** Shares of orders that reached their shoppers. */
  served: number;
};

export type SessionView = {
  expires_at: Millis;
  who: WhoView;
};

export type SettlementList = {
  /** The same by merchant. */
  merchants: SettlementView[];
  read_to: ReadToView;
  /** By day and store. */
  settlements: SettlementView[];
};

/** How merchants are settled with. */
export type SettlementPolicyBody = {
  /** `hq` or `merchant`. */
  delivery_fee_to: string;
  other_channels?: number;
  /** `hq` or `merchant`. */
  packing_fee_to: string;
  /** What the platform takes of the goods, in thousandths, by channel. */
  platform_fees?: Record<string, unknown>;
};

/** A merchant's money of one or more days. */
export type SettlementView = {
  adjustments?: AdjustmentView[];
  adjustments_fen: Fen;
  closed_at?: Millis | null;
  day?: Day | null;
  delivery_fees_fen: Fen;
  discounts_fen: Fen;
  goods_fen: Fen;
  /** Given to the merchant for discounts that headquarters bears, */
  hq_discounts_fen: Fen;
  /** Kept of orders that were called off. */
  kept_fen: Fen;
  /** The postings behind it; absent in the sum of a merchant. */
  list?: string | null;
  /** `list − discounts = goods`. */
  list_fen: Fen;
  merchant: Id;
  /** Of both fees, the merchant's by the settlement policy. */
  merchant_fees_fen: Fen;
  packing_fees_fen: Fen;
  /**
   * `goods + hq_discounts + platform_discounts + merchant_fees + kept + adjustments − platform_fee`: what
   * headquarters owes the merchant.
   */
  payout_fen: Fen;
  /** and that the platform bears. */
  platform_discounts_fen: Fen;
  platform_fee_fen: Fen;
  sales: number;
  /** `open` or `closed`; a sum is closed when all of it is. */
  state: string;
  store?: Id | null;
  tax_fen: Fen;
  units: number;
};

/**
 * Of every city that this process serves and whose rounds were planned twice. Empty where the policy names no
 * second one, and before the first round since it does.
 */
export type ShadowView = {
  cities: CityShadow[];
};

export type ShareView = {
  amount_fen: Fen;
  bearer: string;
  source: string;
};

export type ShipBody = {
  expected_at?: Millis | null;
  /** What really leaves, at most what is planned; absent: all of it. */
  lines?: TransferLineBody[] | null;
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
  /** Such as 规格: 500ml. */
  attributes?: Record<string, unknown>;
  /** EAN-8 or EAN-13, unique in the catalog. */
  barcode?: string | null;
  category: string;
  /** Headquarters' own short code, unique in the catalog. */
  code: string;
  /** No longer sold anywhere. */
  delisted?: boolean;
  id?: Id | null;
  /** Names of uploaded images, the first one for lists. */
  images?: string[];
  /** SKUs of one basket with the same word are fulfilled by one store. */
  keep_together?: string | null;
  /** Tax included, for one unit. */
  list_price_fen: Fen;
  name: string;
  name_en?: string | null;
  product?: Id | null;
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
export type SkuView = {
  age_restricted?: boolean;
  /** Such as 规格: 500ml. */
  attributes?: Record<string, unknown>;
  /** Units the asked store can sell now; absent when no store was asked or it does not list it. */
  available?: number | null;
  /** EAN-8 or EAN-13, unique in the catalog. */
  barcode?: string | null;
  category: string;
  /** Headquarters' own short code, unique in the catalog. */
  code: string;
  /** No longer sold anywhere. */
  delisted?: boolean;
  id?: Id | null;
  /** Names of uploaded images, the first one for lists. */
  images?: string[];
  /** SKUs of one basket with the same word are fulfilled by one store. */
  keep_together?: string | null;
  /** Tax included, for one unit. */
  list_price_fen: Fen;
  name: string;
  name_en?: string | null;
  price_fen: Fen;
  product?: Id | null;
  tax_class: string;
  temperature?: string;
  /** The version that was read, 0 for a new SKU; absent replaces whatever is there. */
  version?: number | null;
  /** Of one unit, packed. */
  weight_g: number;
};

/** The frames with which each sight of the topic begins. */
export type SnapshotText = {
  frames: Record<string, unknown>[];
  seq: number;
};

/** One planning: question, answer, reasons. */
export type SourcingView = {
  at: Millis;
  candidates: CandidateView[];
  chosen: ChosenStore[];
  /** `placing`, `hold_refused`, `resourcing` or `moving`. */
  purpose: PurposeName;
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

/** When a campaign is asked whether it takes something off, in this order. */
export type StageName = 'limited_time' | 'spend_and_save' | 'coupon';

export type StarsView = {
  /** 1.0 to 5.0; 0 where nobody rated. */
  average: number;
  /** How many gave one star, two, three, four, five. */
  by_stars: number[];
  count: number;
};

/** A statement of a channel held against the books. */
export type StatementView = {
  /** Orders on which everything agrees. */
  agreed: number;
  channel: string;
  differences: DifferenceView[];
  from: Day;
  our_fees_fen: Fen;
  ours_fen: Fen;
  read_to: ReadToView;
  rows: number;
  /** To read it again. */
  statement: string;
  their_fees_fen: Fen;
  theirs_fen: Fen;
  to: Day;
  uploaded_at: Millis;
};

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

export type StockDayView = {
  /** On hand when the day was over, or now. */
  closing_units: number;
  day: Day;
  sold_units: number;
  store: Id;
};

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

/** What moved at once. */
export type StockMoveView = {
  at: Millis;
  day: Day;
  /** To ask for what comes after it. */
  key: string;
  lines: MovedLineView[];
  seq: number;
  store: Id;
};

/** What a report of stock turns is made of. */
export type StockMovesPage = {
  /**
   * Every day of the span: what was sold of it is the report's `sold_units`, and the closing units of an average
   * day are its `average_units`. With the first page only.
   */
  days?: StockDayView[];
  /** By day, store and time. */
  moves: StockMoveView[];
  /** To ask for the next page with; absent at the end. */
  next_after?: string | null;
  read_to: ReadToView;
};

/** How often stock turned over. */
export type StockReport = {
  from: Day;
  read_to: ReadToView;
  rows: StockRow[];
  to: Day;
};

/** Units of all SKUs of a store. */
export type StockRow = {
  /** On hand at the end of an average day. */
  average_units?: number | null;
  /** On hand at the end of the last day. */
  closing_units: number;
  /** The days and movements that make these numbers. */
  list: string;
  name: string;
  /** Left for good: with orders or over the till, less what came back sellable. */
  sold_units: number;
  store: Id;
  /** `sold ÷ average`, in thousandths. */
  turns_permille?: number | null;
};

export type StockView = {
  available_to_sell: number;
  counted_at?: Millis | null;
  damaged: number;
  /** On its way here from other stores. */
  incoming: number;
  is_low: boolean;
  listed: boolean;
  /** Sellable units in the store, reserved ones among them; below zero when a till oversold. */
  on_hand: number;
  /** Kept for transfers to other stores that are ready. */
  outgoing: number;
  /** At this many units, what is on its way included, the SKU is low; 0 when nobody wants to know. */
  reorder_point: number;
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

export type StoreFiguresView = {
  figures: FiguresView;
  store: Id;
};

export type StoreList = {
  next_after?: Id | null;
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

export type StoreStars = {
  /** 1.0 to 5.0; 0 where nobody rated. */
  average: number;
  /** How many gave one star, two, three, four, five. */
  by_stars: number[];
  count: number;
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
export type StoreView = {
  /** Shown to shoppers who collect there. */
  address?: string | null;
  /** `{"type":"Radius","center":{lat,lon},"radius_m":n}` or a GeoJSON polygon. */
  area: Record<string, unknown>;
  auto_accept?: boolean;
  /** Most orders promised within one capacity window of the policy. */
  capacity_per_window?: number;
  /** From the asked place, over ground. */
  distance_m?: number | null;
  /** `{"time_zone":"Asia/Shanghai","weekly":{"monday":[{"open":"08:00","close":"22:00"}],…}}`. */
  hours: Record<string, unknown>;
  id: Id;
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
  state: StoreState;
  version: number;
};

/** For which stores something holds. */
export type StoresName = 'all' | {
  only: string[];
};

export type SuggestionList = {
  /** When demand was last looked at; the shelves are as they are now. */
  assessed_at: Millis;
  /** All there are. */
  suggestion_count: number;
  /** The neediest first, up to the asked number of them. */
  suggestions: SuggestionView[];
};

export type SuggestionView = {
  /** Why. */
  because: AssessmentView;
  name: string;
  /** Here or on its way, and promised to nobody. */
  position: number;
  sku: Id;
  sources: SupplyView[];
  store: Id;
  /** What it lacks of `order_up_to`; the sources add up to it. */
  units: number;
};

/**
 * Where units should come from: `{"kind":"transfer","from":…,"units":…,"distance_m":…}` or
 * `{"kind":"purchase","units":…}`.
 */
export type SupplyView = {
  distance_m: number;
  from: Id;
  kind: 'transfer';
  units: number;
} | {
  kind: 'purchase';
  units: number;
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

/** A rate of value added tax and from when it holds. */
export type TaxRateView = {
  class: string;
  from_at?: Millis | null;
  /** In thousandths. */
  rate: number;
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

export type TierView = {
  benefits: string[];
  code: string;
  name: string;
  /** Growth still missing for the next tier. */
  to_next?: number | null;
};

/** What a tile is. */
export type TileKind = 'raster' | 'vector';

/** Squares of Web Mercator, one above the other. */
export type TilesView = {
  /** South-west and north-east, longitude first, in the same system; absent where nobody says. */
  bounds?: number[][] | null;
  /**
   * In which system the tiles are drawn. Positions are in WGS-84 everywhere else, and whoever draws them here
   * converts them first.
   */
  coordinates: Datum;
  kind: TileKind;
  /**
   * Addresses with `{z}`, `{x}`, and `{y}` from the north or `{-y}` from the south, and perhaps `{s}`; later ones
   * are drawn over earlier ones.
   */
  layers: string[];
  /** From nearer by, the tiles of this zoom are drawn larger. */
  max_zoom: number;
  min_zoom: number;
  /** What stands for `{s}` in the addresses, in turn; absent where none has it. */
  subdomains?: string[];
  /** Pixels that a tile is meant to be wide; absent: 256 of a picture, 512 of vector tiles. */
  tile_size?: number | null;
};

/** What became of a till's file. */
export type TillFileReport = {
  errors: Problem[];
  /** Rows that are recorded, those that an earlier file told among them. */
  recorded_count: number;
  row_count: number;
  /** The city's sequence at which all of them are recorded. */
  seq: number;
};

/** Whole seconds, exact: the nearest rank of everything that was seen. */
export type TimesView = {
  count: number;
  median_s?: number | null;
  p90_s?: number | null;
};

/** What a day has come to so far, as sockets tell it. */
export type TodayView = {
  by_hour: HourView[];
  by_store: StoreFiguresView[];
  day: Day;
  /** The last event that is in the figures. */
  read_to: number;
  service: ServiceView;
  total: FiguresView;
};

export type TokenBody = {
  /** Absent: until it is revoked. */
  expires_in_s?: number | null;
  principal: PrincipalBody;
};

export type TokenList = {
  tokens: TokenView[];
};

export type TokenPage = {
  next_after?: Id | null;
  /** Youngest first. */
  tokens: TokenRowView[];
};

/** A token as headquarters' list shows it: never its secret. */
export type TokenRowView = {
  created_at: Millis;
  expires_at?: Millis | null;
  /** On whose word it was given out, `principal:` and an id; absent where somebody logged in. */
  granted_by?: string | null;
  /** Their name, of somebody who logs in. */
  granted_by_name?: string | null;
  /** The caller's own. */
  is_own: boolean;
  /** Somebody logged in with name and password: nobody gave it out. */
  is_session: boolean;
  kind: PrincipalKind;
  name: string;
  principal: Id;
  revoked_at?: Millis | null;
  role: string;
  scope: ScopeName;
  token_id: Id;
  used_at?: Millis | null;
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
} | {
  kind: 'reports';
} | {
  id: string;
  kind: 'store_reports';
};

/** Goods that one store shall give to another. */
export type TransferBody = {
  from: Id;
  /** Each SKU once. */
  lines: TransferLineBody[];
  note?: string | null;
  /** Keeps the units for it at once; only who may speak for the source can say so. */
  ready?: boolean;
  to: Id;
};

export type TransferDrafted = {
  seq: number;
  transfer: Id;
};

export type TransferLineBody = {
  sku: Id;
  units: number;
};

export type TransferList = {
  next_after?: Id | null;
  /** Youngest first. */
  transfers: TransferView[];
};

export type TransferView = {
  drafted_at: Millis;
  expected_at?: Millis | null;
  from: Id;
  /** Of it, what is neither received nor named in a discrepancy. */
  in_transit: TransferLineBody[];
  /** What is planned; once shipped, what was shipped. */
  lines: TransferLineBody[];
  note?: string | null;
  receipts: ReceiptView[];
  since_at: Millis;
  /** `draft`, `ready`, `in_transit`, `partially_received`, `received` or `cancelled`. */
  status: string;
  to: Id;
  transfer: Id;
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
  scope: ScopeName;
  /** The version that was read, 0 for somebody new; absent replaces whatever is there. */
  version?: number | null;
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
  scope: ScopeName;
  /** Grows with every change; to be sent along with the next one. */
  version: number;
};

export type UsesView = {
  coupons: Id[];
  member: Id;
  points: number;
};

/** How a courier moves. */
export type Vehicle = 'walk' | 'bicycle' | 'ebike' | 'car';

/** Something that can be asked of the house. */
export type Verb = 'manage_tokens' | 'manage_roles' | 'manage_stores' | 'manage_couriers' | 'manage_catalog' | 'manage_prices' | 'manage_campaigns' | 'manage_policy' | 'manage_replenishment' | 'read_policy' | 'read_audit' | 'read_feed' | 'watch_operations' | 'forget_people' | 'read_catalog' | 'set_store_price' | 'read_campaigns' | 'run_campaigns' | 'quote' | 'read_stores' | 'run_store' | 'read_board' | 'show_board' | 'work_fulfillment' | 'read_stock' | 'manage_stock' | 'report_sale' | 'manage_transfers' | 'work_transfers' | 'read_reports' | 'manage_books' | 'place_order' | 'read_order' | 'list_orders' | 'explain_order' | 'cancel_order' | 'change_order' | 'hold_order' | 'move_fulfillment' | 'remind_order' | 'rate_order' | 'read_proof' | 'request_return' | 'decide_return' | 'receive_return' | 'read_payment' | 'pay' | 'read_member' | 'use_member' | 'find_member' | 'manage_members' | 'advance_delivery' | 'resolve_delivery' | 'steer_delivery' | 'receive_back' | 'advance_parcel' | 'read_couriers' | 'courier_duty' | 'suspend_courier' | 'report_position' | 'answer_offer' | 'relay';

/** `{"reason":"nobody_near"}` or another of these. */
export type WaitReason = {
  look_from_at: Millis;
  reason: 'too_early';
} | {
  reason: 'nobody_near';
} | {
  looked_at: number;
  reason: 'nobody_fits';
} | {
  candidates: number;
  reason: 'outbid';
} | {
  courier: Id;
  reason: 'chosen_unavailable';
};

/** As the last round found it; known to the running server only, and not part of the history. */
export type WaitView = {
  /** When that round began. */
  at: Millis;
  because: WaitReason;
};

export type WalletView = {
  /** What can be claimed now. */
  claimable: ClaimableView[];
  coupons: CouponView[];
};

/** Who the caller is. */
export type WhoView = {
  kind: PrincipalKind;
  name: string;
  principal: Id;
  role: string;
  scope: ScopeName;
};

/** What became of each document of a list, in its order. */
export type Written = {
  versions: number[];
};
