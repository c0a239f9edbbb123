// The real server on a data folder of its own, started, killed and started again.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const root = new URL('../../../', import.meta.url).pathname;
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = process.env.PAIDAN_BINARY ?? join(target, 'debug', 'paidan');

async function freePort() {
  const listener = createServer();
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address();
  await new Promise((done) => listener.close(done));
  return port;
}

export class Server {
  /** Flags are added to those that every server of these tests has. */
  static async start(...flags) {
    if (!existsSync(binary)) throw new Error(`${binary} is not built: cargo build -p gateway`);
    const server = new Server();
    server.flags = flags;
    server.folder = mkdtempSync(join(tmpdir(), 'paidan-browser-'));
    server.base = `http://127.0.0.1:${await freePort()}`;
    await server.again();
    return server;
  }

  /** On the same data folder and port. */
  async again() {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const listen = this.base.replace('http://', '');
    this.child = spawn(binary, ['serve', '--listen', listen, '--data', join(this.folder, 'data'), ...this.flags], {
      env: { ...process.env, PAIDAN_CODE_SENDER: 'sandbox' },
      stdio: ['ignore', log, log],
    });
    for (let tries = 0; tries < 600; tries += 1) {
      const answer = await fetch(`${this.base}/readyz`).catch(() => null);
      if (answer?.ok) return;
      if (this.child.exitCode !== null) break;
      await wait(50);
    }
    throw new Error(`the server did not become ready:\n${this.log()}`);
  }

  log() {
    return readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-4000);
  }

  async kill(signal = 'SIGKILL') {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  async stop() {
    await this.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  get token() {
    return readFileSync(join(this.folder, 'data', 'hq.token'), 'utf8').trim();
  }

  async ask(method, path, body, token = this.token, headers = {}) {
    const answer = await fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }
}
