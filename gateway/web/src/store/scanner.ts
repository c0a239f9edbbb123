// A scanner that types: what it reads comes as fast keys and ends with Enter, whatever has the focus.
// Pure, so that it can be tested.

const BEGINS = 'paidan:';
/** Nobody types this fast, no scanner this slowly. */
const GAP_MS = 120;
const LONGEST = 80;
/** More keys than this one after the other, that fast, were typed by no hand. */
const BY_HAND = 3;

export interface Scanned {
  order: string;
  code: string;
}

export class Scanner {
  private text = '';
  private last = Number.NEGATIVE_INFINITY;
  private run = 0;

  /** Whether the keys so far may be the beginning of a pickup code's picture. */
  get isReading(): boolean {
    return this.text.length > 1;
  }

  /** Whether something is being scanned, a pickup code or goods: none of it is meant as a key. */
  get isScanning(): boolean {
    return this.run > BY_HAND;
  }

  /** Takes one key; answers what was scanned when it is whole. */
  take(key: string, at: number): Scanned | null {
    const isNew = at - this.last > GAP_MS;
    if (isNew) this.text = '';
    this.run = isNew ? 1 : this.run + 1;
    this.last = at;
    if (key === 'Enter') {
      const scanned = read(this.text);
      this.text = '';
      return scanned;
    }
    if (key.length !== 1) return null;
    this.text += key;
    const fits = this.text.length <= BEGINS.length ? BEGINS.startsWith(this.text) : this.text.startsWith(BEGINS);
    if (!fits || this.text.length > LONGEST) this.text = BEGINS.startsWith(key) ? key : '';
    return null;
  }
}

function read(text: string): Scanned | null {
  const found = /^paidan:([0-9a-f-]{36}):([0-9]{4,12})$/.exec(text);
  return found?.[1] && found[2] ? { order: found[1], code: found[2] } : null;
}
