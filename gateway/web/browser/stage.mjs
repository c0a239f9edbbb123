// What every file of these tests stands on: one server with a town, one browser.
import { after, before } from 'node:test';
import { openBrowser } from './people.mjs';
import { Server } from './server.mjs';
import { furnish } from './town.mjs';

export function stage() {
  const stage = {};
  before(async () => {
    stage.server = await Server.start();
    stage.links = await furnish(stage.server);
    stage.browser = await openBrowser();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
  });
  return stage;
}
