// Asking the server over HTTP: with the token of a link, or with the session cookie of a screen.

import type { ClockView, Fault, SessionView, TicketView } from '../wire';

export type Screen = 'store' | 'courier' | 'hq' | 'shop';

/** Not now, or nobody knows: not a no. */
const OPEN = new Set(['busy', 'unavailable', 'timeout', 'rate_limited', 'not_owner']);

/** What the server said when the answer was no, or that it could not be reached. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly retryAfterMs?: number,
    readonly field?: string,
  ) {
    super(message);
  }

  /** Whether it may still come to pass: the same may be said again under its key. */
  get isOpen(): boolean {
    return this.status === 0 || OPEN.has(this.code);
  }
}

export class Api {
  constructor(
    readonly screen: Screen,
    readonly token?: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}, key?: string): Promise<T> {
    return this.ask<T>('POST', path, body, key);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>('PUT', path, body);
  }

  async ticket(): Promise<string> {
    const given = await this.post<TicketView>('/v1/tickets');
    return given.ticket;
  }

  clock(): Promise<ClockView> {
    return this.get<ClockView>('/v1/clock');
  }

  logIn(name: string, password: string): Promise<SessionView> {
    return this.post<SessionView>('/v1/sessions', { name, password });
  }

  /** A file of the house: a table, or a picture that not everybody may see; what is asked with a body stands in no address. */
  async file(path: string, media: string, body?: object): Promise<Blob> {
    const headers: Record<string, string> = { accept: media };
    if (!body) return (await this.fetch('GET', path, headers)).blob();
    headers['content-type'] = 'application/json';
    return (await this.fetch('POST', path, headers, JSON.stringify(body))).blob();
  }

  /** A link's token is only forgotten: it was given to more windows than this one. */
  async logOut(): Promise<void> {
    if (this.token) sessionStorage.clear();
    else await this.ask<void>('DELETE', '/v1/sessions');
  }

  async ask<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key) headers['idempotency-key'] = key;
    const answer = await this.fetch(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
    return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
  }

  /** Sends a file that somebody chose. */
  async upload<T>(path: string, file: Blob, type: string): Promise<T> {
    const answer = await this.fetch('POST', path, { 'content-type': type }, file);
    return (await answer.json()) as T;
  }

  /** The same, where the answer is a table again. */
  async answerTo(path: string, file: File, type: string, wanted: string): Promise<Blob> {
    return (await this.fetch('POST', path, { 'content-type': type, accept: wanted }, file)).blob();
  }

  private async fetch(method: string, path: string, headers: Record<string, string>, body?: BodyInit): Promise<Response> {
    headers['paidan-screen'] = this.screen;
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = body;
    const answer = await fetch(path, init).catch(() => null);
    if (!answer) throw new Refused('offline', 'the server cannot be reached', 0);
    if (answer.ok) return answer;
    const said: unknown = await answer.json().catch(() => null);
    const fault = said as Partial<Fault> | null;
    await (await import('./whyNot').catch(() => null))?.learn();
    const { code = 'internal', message = answer.statusText } = fault ?? {};
    throw new Refused(code, message, answer.status, fault?.retry_after_ms ?? undefined, fault?.field ?? undefined);
  }
}

/** A new idempotency key: one for each thing that somebody wants done. */
export function newKey(): string {
  // Not randomUUID: that is missing where a page is not served over TLS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A name for something new, as a UUID that nobody else draws. */
export function newId(): string {
  const key = newKey();
  const parts = [key.slice(0, 8), key.slice(8, 12), `4${key.slice(13, 16)}`, `8${key.slice(17, 20)}`, key.slice(20)];
  return parts.join('-');
}
