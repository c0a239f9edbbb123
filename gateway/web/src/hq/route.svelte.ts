// Which view of headquarters is open: it stands in the address, so that it can be sent to somebody.

const here = $state({ path: read(), search: location.search });

function read(): string[] {
  return location.pathname.split('/').slice(2).filter(Boolean);
}

export function route(): { view: string; id: string | undefined; search: URLSearchParams } {
  return { view: here.path[0] ?? 'overview', id: here.path[1], search: new URLSearchParams(here.search) };
}

export function go(path: string) {
  history.pushState(null, '', `/hq${path}`);
  settle();
}

function settle() {
  here.path = read();
  here.search = location.search;
}

addEventListener('popstate', settle);
