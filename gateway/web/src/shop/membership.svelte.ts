// The member who shops, once a phone's code has been typed: account, coupons and points.

import { Api, newKey, Refused } from '../lib/http';
import { whyNot } from '../lib/whyNot';
import type { CodeSentView, MemberSessionView, MemberView, WalletView } from '../wire';

const KEPT = 'paidan.member';
/** The version of the terms that this page shows. */
export const TERMS = '2026-11';

export interface Entry {
  phone: string;
  code: string;
  isNew: boolean;
  name: string;
  marketing: boolean;
}

export class Membership {
  member = $state.raw<MemberView | null>(null);
  wallet = $state.raw<WalletView | null>(null);
  /** Shown where no sender of messages is set up. */
  sandboxCode = $state('');
  isSent = $state(false);
  problem = $state('');
  /** What the server's no was, by its name. */
  refused = $state('');
  isBusy = $state(false);
  token = $state(sessionStorage.getItem(KEPT) ?? '');

  constructor(private readonly shop: Api) {}

  private get own(): Api {
    return new Api('shop', this.token);
  }

  /** Coupons that an order could use now. */
  readonly free = $derived((this.wallet?.coupons ?? []).filter((coupon) => !coupon.held_for));

  sendCode(phone: string) {
    return this.trying(async () => {
      const sent = await this.shop.post<CodeSentView>('/v1/members/codes', { phone });
      this.sandboxCode = sent.sandbox_code ?? '';
      this.isSent = true;
    });
  }

  /** The code on the page opens nothing any more: it is not shown as if it did. */
  codeIsOver() {
    this.sandboxCode = '';
    this.isSent = false;
  }

  enter({ phone, code, isNew, name, marketing }: Entry) {
    return this.trying(async () => {
      const typed = { phone, code: code.trim() };
      const enrolment = { ...typed, ...(name.trim() && { name: name.trim() }), consent: { terms: TERMS, marketing } };
      const session = isNew
        ? await this.shop.post<MemberSessionView>('/v1/members', enrolment, newKey())
        : await this.shop.post<MemberSessionView>('/v1/members/sessions', typed);
      this.keep(session.token);
      await this.load();
    });
  }

  /** What the account says now; a session that is over is forgotten. */
  async load() {
    if (!this.token) return;
    try {
      [this.member, this.wallet] = await Promise.all([
        this.own.get<MemberView>('/v1/members/me'),
        this.own.get<WalletView>('/v1/members/me/coupons'),
      ]);
    } catch (fault) {
      if (fault instanceof Refused && fault.status === 401) this.leave();
      else throw fault;
    }
  }

  claim(campaign: string) {
    return this.trying(async () => {
      await this.own.post('/v1/members/me/coupons', { campaign }, newKey());
      await this.load();
    });
  }

  leave() {
    this.keep('');
    this.member = this.wallet = null;
    this.sandboxCode = '';
    this.isSent = false;
  }

  private keep(token: string) {
    this.token = token;
    if (token) sessionStorage.setItem(KEPT, token);
    else sessionStorage.removeItem(KEPT);
  }

  async trying(work: () => Promise<void>) {
    this.isBusy = true;
    this.problem = this.refused = '';
    try {
      await work();
    } catch (fault) {
      this.problem = whyNot(fault);
      this.refused = fault instanceof Refused ? fault.code : '';
    } finally {
      this.isBusy = false;
    }
  }
}
