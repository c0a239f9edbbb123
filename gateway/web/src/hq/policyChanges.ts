// What one version of a document says otherwise than the one before. Pure, so that it can be tested.

export interface Change {
  /** `group.name`. */
  knob: string;
  before: string;
  now: string;
}

export function changesOf(before: unknown, now: unknown): Change[] {
  const [one, other] = [flat(before), flat(now)];
  const names = [...new Set([...one.keys(), ...other.keys()])].filter((name) => name !== 'version').sort();
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((knob) => ({ knob, before: one.get(knob) ?? '–', now: other.get(knob) ?? '–' }));
}

/** Every value by the way that leads to it; lists are told whole. */
function flat(document: unknown, way = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    for (const [name, value] of Object.entries(document)) flat(value, way ? `${way}.${name}` : name, into);
  } else if (way) {
    into.set(way, typeof document === 'string' ? document : JSON.stringify(document));
  }
  return into;
}
