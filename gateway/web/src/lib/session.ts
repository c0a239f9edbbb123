// Who uses this page: the holder of a link's token, or somebody who logged in.

import { Api, type Screen } from './http';

/**
 * The words behind # of the address. A token there is moved out of the address bar into this tab's
 * memory, so that it is neither bookmarked nor looked at over a shoulder.
 */
export function fragment(): URLSearchParams {
  const kept = `paidan.link${linked(location.pathname)}`;
  const said = new URLSearchParams(location.hash.slice(1));
  if (said.has('token')) {
    sessionStorage.setItem(kept, said.toString());
    history.replaceState(null, '', location.pathname + location.search);
    return said;
  }
  return new URLSearchParams(sessionStorage.getItem(kept) ?? '');
}

/** Of which address a link is: headquarters' views are one page, and each stays open over a reload. */
export function linked(path: string): string {
  return /^\/hq(\/|$)/.test(path) ? '/hq' : path;
}

export function apiOf(screen: Screen): Api {
  return new Api(screen, fragment().get('token') ?? undefined);
}

/** The id after the page's first word, such as of /store/<id>. */
export function idInPath(): string | undefined {
  return location.pathname.split('/')[2] || undefined;
}

/** Whether this tab came by a link of that page, so that it opens there again. */
export function hasLink(path: string): boolean {
  return sessionStorage.getItem(`paidan.link${path}`) !== null;
}
