// Who uses this page: the holder of a link's token, or somebody who logged in.

import { Api, type Screen } from './http';

/**
 * The words behind # of the address. A token there is moved out of the address bar into this tab's
 * memory, so that it is neither bookmarked nor looked at over a shoulder.
 */
export function fragment(): URLSearchParams {
  const kept = `paidan.link${location.pathname}`;
  const said = new URLSearchParams(location.hash.slice(1));
  if (said.has('token')) {
    sessionStorage.setItem(kept, said.toString());
    history.replaceState(null, '', location.pathname + location.search);
    return said;
  }
  return new URLSearchParams(sessionStorage.getItem(kept) ?? '');
}

export function apiOf(screen: Screen): Api {
  return new Api(screen, fragment().get('token') ?? undefined);
}

/** The id after the page's first word, such as of /store/<id>. */
export function idInPath(): string | undefined {
  return location.pathname.split('/')[2] || undefined;
}
