// A page's socket, its line shown to people, and the server's clock kept by it.

import { setClock, setNow } from './clock.svelte';
import type { Api } from './http';
import { SocketClient, socketAddress, type Line } from './socket';
import { learn } from './whyNot';

export class Connection {
  line = $state<Line>('closed');
  /** By this device, when the line was last live: how old what is shown may be. */
  liveAt = $state(Date.now());
  readonly socket: SocketClient;

  constructor(api: Api, onlive: () => void = () => {}) {
    this.socket = new SocketClient({
      url: socketAddress(),
      ticket: () => api.ticket(),
      onHello: setNow,
      onLine: (line) => {
        if (this.line === 'live') this.liveAt = Date.now();
        this.line = line;
        if (line !== 'live') return;
        void api.clock().then(setClock, () => {});
        // What a socket refuses is told at once: its words must be there before.
        void learn();
        onlive();
      },
    });
  }
}
