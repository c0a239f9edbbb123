// One courier's work: what the server says, and the steps that wait for a network.

import { SvelteMap } from 'svelte/reactivity';
import { ring, speakAloud } from '../lib/alarm';
import { Connection } from '../lib/connect.svelte';
import { Refused, type Api } from '../lib/http';
import { locale } from '../lib/i18n.svelte';
import type { Point } from '../lib/place';
import { openShelf, Queue, type PictureToSend, type Tap } from '../lib/queue';
import type { CommandBody } from '../lib/socket';
import { whyNot } from '../lib/whyNot';
import type { CourierDayView, CourierView, OfferView, OrderView, PictureView, TaskView } from '../wire';
import { Places } from './places.svelte';
import { Positions } from './positions.svelte';
import type { Shown } from './proof';
import { foreseen, inRouteOrder, nextStep, statusOf, type StepName } from './steps';
import { words } from './words';

/** How long the books may need to have read a step. */
const BOOKS_READ_MS = 2_500;

export class Courier {
  view = $state.raw<CourierView | null>(null);
  orders = new SvelteMap<string, OrderView>();
  waiting = $state.raw<Tap[]>([]);
  refusals = $state.raw<string[]>([]);
  problem = $state('');
  /** As the books know it; absent until they were asked. */
  today = $state.raw<CourierDayView | null>(null);
  readonly connection: Connection;
  readonly positions: Positions;
  readonly places: Places;
  private readonly listening = new Map<string, () => void>();
  private queue: Queue | null = null;
  readonly tasks = $derived(this.view ? inRouteOrder(this.view.tasks, this.view.stops) : []);
  readonly offers = $derived((this.view?.offers ?? []).filter((offer) => !this.isAnswered(offer)));

  constructor(
    private readonly api: Api,
    readonly id: string,
    demo: Point | null,
  ) {
    this.connection = new Connection(api, () => void this.queue?.send());
    this.positions = new Positions(this.connection.socket, demo);
    this.places = new Places(api);
    const take = (state: unknown) => this.take((state as { courier: CourierView }).courier);
    this.connection.socket.watch(
      { kind: 'courier', id },
      { snapshot: take, delta: take, ended: (fault) => (this.problem = whyNot(fault)) },
    );
  }

  async start() {
    this.view = this.lastView();
    this.queue = new Queue(await openShelf(`courier-${this.id}`), (tap) => this.say(tap), {
      waiting: (taps) => (this.waiting = taps),
      refused: (_tap, fault) => this.refuse(fault),
    });
    this.connection.socket.start();
    void this.learnToday(0);
    await this.queue.open();
  }

  stop() {
    this.positions.stop();
    this.connection.socket.stop();
  }

  /** A page that was in the background has been told nothing meanwhile. */
  wake() {
    this.connection.socket.hurry();
    void this.queue?.send();
  }

  private async say(tap: Tap): Promise<number> {
    if (this.connection.line !== 'live') throw new Refused('offline', 'no network', 0);
    const answer = await this.connection.socket.command(tap.key, await this.withPicture(tap));
    if (tap.command['step'] === 'delivered') void this.learnToday();
    return answer;
  }

  /** The picture goes first. Sent twice it is the same picture, so the command stays the same too. */
  private async withPicture({ command, picture }: Tap): Promise<CommandBody> {
    if (!picture) return command;
    const { order, delivery, attempt, proof } = command as unknown as { order: string; delivery: string; attempt: number; proof: object };
    const path = `/v1/orders/${order}/deliveries/${delivery}/pictures?attempt=${attempt}&what=${picture.what}`;
    const kept = await this.api.upload<PictureView>(path, picture.blob, picture.blob.type);
    return { ...command, proof: { ...proof, [picture.field]: kept.picture } };
  }

  tell(command: CommandBody, picture?: PictureToSend) {
    void this.queue?.add(command, picture);
  }

  private take(view: CourierView) {
    const known = new Set(this.view?.offers.map((offer) => offer.offer));
    const begins = view.duty === 'on_duty' && this.view?.duty !== 'on_duty';
    const isNew = view.offers.some((offer) => offer.state === 'pending' && !known.has(offer.offer));
    this.view = view;
    localStorage.setItem(`paidan.courier.${this.id}`, JSON.stringify(view));
    if (isNew) {
      ring();
      speakAloud(words().offerSpoken, locale());
    }
    this.listen(view.tasks);
    this.places.learn([...view.offers, ...view.tasks].map((known) => known.store));
    if (view.duty === 'on_duty' || view.tasks.length > 0) this.positions.start();
    else this.positions.stop();
    if (begins) this.positions.repeat();
  }

  /** Each task's order is listened to as long as it is in hand. */
  private listen(tasks: TaskView[]) {
    const wanted = new Set(tasks.map((task) => task.order));
    for (const [order, leave] of this.listening) {
      if (wanted.has(order)) continue;
      leave();
      this.listening.delete(order);
      this.orders.delete(order);
    }
    for (const order of wanted) {
      if (this.listening.has(order)) continue;
      const take = (state: unknown) => {
        const next = (state as { order: OrderView }).order;
        this.heard(this.orders.get(order), next);
        this.orders.set(order, { ...next, shopper: next.shopper ?? this.orders.get(order)?.shopper ?? null });
      };
      this.listening.set(order, this.connection.socket.watch({ kind: 'order', id: order }, { snapshot: take, delta: take }));
      void this.learnPerson(order);
    }
  }

  /** A shopper who asks is called out once for each time. */
  private heard(before: OrderView | undefined, next: OrderView) {
    if (!before || (next.reminders?.count ?? 0) <= (before.reminders?.count ?? 0)) return;
    ring();
    speakAloud(words().remindedSpoken, locale());
  }

  /** Today's figures come from the books, which read a moment later than things happen. */
  private async learnToday(after = BOOKS_READ_MS) {
    await new Promise((done) => setTimeout(done, after));
    try {
      this.today = await this.api.get<CourierDayView>(`/v1/couriers/${this.id}/day`);
    } catch {
      // The next delivery asks again.
    }
  }

  /** Name and phone are told by HTTP only. */
  private async learnPerson(order: string) {
    try {
      const whole = await this.api.get<OrderView>(`/v1/orders/${order}`);
      this.orders.set(order, { ...whole, ...this.orders.get(order), shopper: whole.shopper ?? null });
    } catch {
      // The task can be carried out without it; the next visit asks again.
    }
  }

  statusOf(task: TaskView): string {
    const steps = this.waiting.flatMap(({ command }) =>
      command.name === 'advance' && command['delivery'] === task.delivery ? [command['step'] as StepName] : [],
    );
    return foreseen(statusOf(task, this.orders.get(task.order)), steps);
  }

  isAnswered(offer: OfferView): boolean {
    if (offer.state !== 'pending') return true;
    return this.waiting.some(({ command }) => command['offer'] === offer.offer);
  }

  accept(offer: OfferView) {
    this.tell({ name: 'accept_offer', offer: offer.offer });
  }

  decline(offer: OfferView, reason: string) {
    this.tell({ name: 'decline_offer', offer: offer.offer, reason });
  }

  advance(task: TaskView, step: StepName, shown?: Shown) {
    const { order, delivery, attempt } = task;
    if (step === 'arrived_at_pickup') this.positions.ride(task.pickup);
    if (step === 'arrived_at_dropoff') this.positions.ride(task.dropoff);
    this.tell({ name: 'advance', order, delivery, attempt, step, ...(shown && { proof: shown.proof }) }, shown?.picture);
  }

  fail(task: TaskView, reason: string) {
    const { order, delivery, attempt } = task;
    this.tell({ name: 'fail', order, delivery, attempt, reason });
  }

  drop(task: TaskView) {
    const { order, delivery, attempt } = task;
    this.tell({ name: 'drop', order, delivery, attempt, reason: 'courier_dropped_out' });
  }

  next(task: TaskView) {
    return nextStep(this.statusOf(task));
  }

  private refuse(fault: Refused) {
    ring(false);
    this.refusals = [...this.refusals, words().lost(whyNot(fault))];
  }

  /** What was last known, for a start without a network. */
  private lastView(): CourierView | null {
    try {
      return JSON.parse(localStorage.getItem(`paidan.courier.${this.id}`) ?? 'null') as CourierView | null;
    } catch {
      return null;
    }
  }
}
