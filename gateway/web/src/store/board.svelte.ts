// One store's board: what the server says, and what was tapped and has not been answered yet.

import { SvelteMap } from 'svelte/reactivity';
import { ring, speakAloud } from '../lib/alarm';
import { Connection } from '../lib/connect.svelte';
import { Refused, type Api } from '../lib/http';
import { locale } from '../lib/i18n.svelte';
import { openShelf, Queue, type Tap } from '../lib/queue';
import type { CommandBody } from '../lib/socket';
import { whyNot } from '../lib/whyNot';
import type { BoardCard, BoardStatus, OrderView } from '../wire';
import { after, arranged, asks, nextStep, numberOf, type Step } from './columns';
import { complain, settle, type Complaint } from './complaints';
import { words } from './words';

/** How long a tap can be taken back before it is said. */
const UNDO_MS = 3_000;
/** For so long after a tap the next button waits: a second tap in the same place would be a slip. */
const SLIP_MS = 600;
const RING_EVERY_MS = 4_000;
const REMEMBERED = 12;
const TOLD_MS = 8_000;

interface State {
  status: BoardStatus;
  fulfillment_orders: BoardCard[];
  /** All that is low, when it is another than before. */
  low_stock?: string[];
}

export interface Held {
  card: BoardCard;
  step: Step;
  command: CommandBody;
  timer: ReturnType<typeof setTimeout>;
  isFresh: boolean;
}

export class Board {
  /** Replaced whole: five hundred cards with a signal each would cost more than they tell. */
  cards = $state.raw<ReadonlyMap<string, BoardCard>>(new Map());
  status = $state.raw<BoardStatus>({ status: 'open', extra_prep_s: 0 });
  isThere = $state(false);
  /** SKUs at or below their reorder points. */
  low = $state.raw<string[]>([]);
  problem = $state('');
  /** Tapped, and not said yet. */
  held = new SvelteMap<string, Held>();
  waiting = $state.raw<Tap[]>([]);
  refusals = $state.raw<Complaint[]>([]);
  /** What was done that no card shows: told for a moment. */
  told = $state('');
  done = $state.raw<BoardCard[]>([]);
  private quiet = new Set<string>();
  private queue: Queue | null = null;
  private bell: ReturnType<typeof setInterval> | undefined;
  readonly connection: Connection;
  // A tap shows at once; the server's word replaces it whenever it comes.
  readonly shown = $derived.by(() => {
    const commands = [...this.waiting.map((tap) => tap.command), ...[...this.held.values()].map((held) => held.command)];
    const cards = new Map(this.cards);
    for (const command of commands) {
      const { step, fulfillment_order: id } = command as { step?: Step; fulfillment_order?: string };
      const card = id === undefined ? undefined : cards.get(id);
      if (card && step && nextStep(card) === step) cards.set(card.fulfillment_order, after(card, step));
    }
    return [...cards.values()];
  });
  readonly lanes = $derived(arranged(this.shown));

  constructor(
    private readonly api: Api,
    readonly store: string,
  ) {
    this.connection = new Connection(api, () => void this.queue?.send());
    this.connection.socket.watch(
      { kind: 'board', id: store },
      {
        snapshot: (state) => this.begin(state as State),
        delta: (state) => this.change(state as State),
        acknowledged: (ids) => ids.forEach((id) => this.quiet.add(id)),
        ended: (fault) => (this.problem = whyNot(fault)),
      },
    );
  }

  async start() {
    this.queue = new Queue(await openShelf(`store-${this.store}`), (tap) => this.say(tap), {
      waiting: (taps) => (this.waiting = taps),
      refused: (tap, fault) => this.refuse(tap, fault),
    });
    this.connection.socket.start();
    await this.queue.open();
    await this.queue.add({ name: 'screen', store: this.store, online: true });
    this.bell = setInterval(() => this.ringForNew(), RING_EVERY_MS);
  }

  stop() {
    this.flush();
    clearInterval(this.bell);
    this.connection.socket.stop();
  }

  private async say(tap: Tap): Promise<void> {
    if (this.connection.line !== 'live') throw new Refused('offline', 'no network', 0);
    // What the page keeps beside a command is not for the server.
    const { step: _step, ...command } = tap.command;
    await this.connection.socket.command(tap.key, command as CommandBody);
    this.carriedOut(command);
  }

  private begin(state: State) {
    this.cards = new Map();
    this.isThere = true;
    this.change(state);
  }

  private change({ status, fulfillment_orders, low_stock }: State) {
    // Taken for silent meanwhile: this screen is looked at, so the store is back.
    if (status.status === 'offline' && this.status.status !== 'offline') this.tell({ name: 'screen', online: true });
    this.status = status;
    if (low_stock) this.low = low_stock;
    let isNew = false;
    let asked: BoardCard | null = null;
    let arrived: BoardCard | null = null;
    const cards = new Map(this.cards);
    for (const card of fulfillment_orders) {
      const before = cards.get(card.fulfillment_order);
      isNew ||= card.status === 'assigned' && before?.status !== 'assigned';
      if (asks(card) && (card.reminded?.count ?? 0) > (before?.reminded?.count ?? 0)) asked = card;
      if (before && card.courier_here_at != null && before.courier_here_at == null) arrived = card;
      if (card.is_over) {
        cards.delete(card.fulfillment_order);
        this.remember(card);
      } else {
        cards.set(card.fulfillment_order, card);
      }
    }
    this.cards = cards;
    if (isNew) this.ringForNew();
    if (asked) this.callOut(asked);
    if (arrived) this.announce(arrived);
  }

  /** Somebody stands at the counter: said once, and not as loud as what has to be answered. */
  private announce(card: BoardCard) {
    speakAloud(words().courierSpoken(numberOf(card)), locale());
  }

  /** A shopper who asks has words of their own, so that nobody takes it for a new order. */
  private callOut(card: BoardCard) {
    ring(false);
    speakAloud(words().remindedSpoken(numberOf(card)), locale());
  }

  answer(card: BoardCard, answer: string) {
    this.tell({ name: 'answer_reminder', order: card.order, answer });
  }

  private remember(card: BoardCard) {
    this.done = [card, ...this.done.filter((known) => known.fulfillment_order !== card.fulfillment_order)].slice(0, REMEMBERED);
  }

  private ringForNew() {
    const rings = this.lanes.fresh.filter((card) => !this.quiet.has(card.fulfillment_order));
    if (rings.length === 0) {
      const unanswered = [...this.cards.values()].find(asks);
      if (unanswered) this.callOut(unanswered);
      return;
    }
    ring();
    speakAloud(words().newSpoken, locale());
  }

  /** Seen by a person: no screen of the store rings for it any more. */
  acknowledge(card: BoardCard) {
    if (card.status !== 'assigned' || this.quiet.has(card.fulfillment_order)) return;
    this.quiet.add(card.fulfillment_order);
    this.tell({ name: 'acknowledge', fulfillment_order: card.fulfillment_order });
  }

  /** The one large button: shown at once, said after a moment in which it can be taken back. */
  advance(card: BoardCard, step: Step, more: Record<string, unknown> = {}) {
    const names = { accept: 'accept', begin: 'start', pack: 'pack', handOver: 'hand_over', redeem: 'hand_over', ship: 'hand_over', resume: 'resume' };
    const id = card.fulfillment_order;
    const command = { name: names[step], fulfillment_order: id, step, ...more };
    this.release(id);
    // A code that was typed is checked at once: nothing is shown as done before the server says so.
    if (step === 'redeem') {
      const { step: _step, ...said } = command;
      this.tell(said as CommandBody);
      return;
    }
    const timer = setTimeout(() => this.release(id), UNDO_MS);
    const held = { card, step, command, timer, isFresh: true };
    this.held.set(id, held);
    setTimeout(() => {
      if (this.held.get(id) === held) this.held.set(id, { ...held, isFresh: false });
    }, SLIP_MS);
  }

  /** Whether the last tap on a card can be taken back, and whether it was made only now. */
  heldAs(id: string): 'fresh' | 'settled' | null {
    const held = this.held.get(id);
    if (!held) return null;
    return held.isFresh ? 'fresh' : 'settled';
  }

  undo(id: string) {
    clearTimeout(this.held.get(id)?.timer);
    this.held.delete(id);
  }

  /** Says what can still be taken back. */
  private release(id: string) {
    const held = this.held.get(id);
    if (!held) return;
    this.undo(id);
    this.tell(held.command);
  }

  flush() {
    for (const id of [...this.held.keys()]) this.release(id);
  }

  tell(command: CommandBody) {
    void this.queue?.add({ store: this.store, ...command });
  }

  /** Its courier stands here with the goods. It needs the network: the board does not know deliveries. */
  async takeBack(card: BoardCard, condition: string) {
    try {
      const order = await this.api.get<OrderView>(`/v1/orders/${card.order}`);
      const delivery = order.deliveries.findLast((known) => known.fulfillment_order === card.fulfillment_order)?.delivery;
      if (!delivery) return;
      await this.api.ask('POST', `/v1/orders/${card.order}/deliveries/${delivery}/receive-back`, { condition });
      this.refusals = settle(this.refusals, card.fulfillment_order);
    } catch (refused) {
      const text = words().refused(numberOf(card), refused instanceof Refused ? whyNot(refused) : String(refused));
      this.refusals = complain(this.refusals, { about: card.fulfillment_order, text });
    }
  }

  /** A yes ends the complaint about its order; a code that was right is told, as nothing else here says so. */
  private carriedOut(command: Record<string, unknown>) {
    const id = command['fulfillment_order'] as string | undefined;
    if (!id) return;
    this.refusals = settle(this.refusals, id);
    if (command['to'] !== 'shopper') return;
    const card = this.cards.get(id) ?? this.done.find((known) => known.fulfillment_order === id);
    const text = words().handedToShopper(card ? numberOf(card) : '');
    this.told = text;
    setTimeout(() => {
      if (this.told === text) this.told = '';
    }, TOLD_MS);
  }

  private refuse(tap: Tap, fault: Refused) {
    // Nobody tapped it: whoever only reads along keeps no store open, and need not hear of it.
    if (tap.command.name === 'screen') return;
    const id = tap.command['fulfillment_order'] as string | undefined;
    const card = id ? this.cards.get(id) : undefined;
    ring(false);
    this.told = '';
    const text = words().refused(card ? numberOf(card) : tap.command.name, whyNot(fault));
    this.refusals = complain(this.refusals, { about: id ?? null, text });
  }
}
