// What somebody typed into the search for a member.

export type Sought = { by: 'id'; id: string } | { by: 'code'; code: string } | { by: 'phone'; phone: string } | { by: 'tail'; tail: string } | { by: 'name' };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function sought(text: string): Sought {
  const said = text.trim();
  if (ID.test(said.toLowerCase())) return { by: 'id', id: said.toLowerCase() };
  if (said.startsWith('pm_')) return { by: 'code', code: said };
  if (/^\d{4}$/.test(said)) return { by: 'tail', tail: said };
  if (/^\+?[\d\s()-]{7,}$/.test(said)) return { by: 'phone', phone: said };
  return { by: 'name' };
}

/** One line a person: a phone each, empty lines and doubles left out. */
export function phonesOf(text: string): string[] {
  const lines = text.split(/[\n,;，；]/).map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))];
}
