// A scanner that types: what it reads comes as fast keys and ends with Enter, whatever has the focus.
// Pure, so that it can be tested.

const BEGINS = 'paidan:';
/** Nobody types this fast, no scanner this slowly. */
const GAP_MS = 120;
const LONGEST = 80;

export interface Scanned {
  order: string;
  code: string;
}

export class Scanner {
  private text = '';
  private last = 0;

  /** Whether the keys so far may be the beginning of a pickup code's picture. */
  get isReading(): boolean {
    return this.text.length > 1;
  }

  /** Takes one key; answers what was scanned when it is whole. */
  take(key: string, at: number): Scanned | null {
    if (at - this.last > GAP_MS) this.text = '';
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
