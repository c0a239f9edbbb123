import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const pages = ['index', 'shop', 'track', 'store', 'courier', 'hq'];
const server = process.env.PAIDAN_SERVER ?? 'http://127.0.0.1:7878';

export default defineConfig({
  plugins: [svelte(), tailwindcss()],
  build: {
    target: 'es2022',
    // Small pictures stay files: a data: address would need a wider content-security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(pages.map((page) => [page, resolve(import.meta.dirname, `${page}.html`)])),
    },
  },
  server: { proxy: { '/v1': { target: server, ws: true } } },
  test: { include: ['test/**/*.test.ts'] },
});
