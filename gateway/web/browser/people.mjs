// People with a browser: each in a context of their own, as on a device of their own.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CENTER, PASSWORD } from './town.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const pictures = new URL('../pictures/', import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PHONE = { width: 390, height: 844 };
export const TABLET = { width: 1024, height: 600 };
export const DESK = { width: 1440, height: 900 };

export async function openBrowser() {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-gpu',
    ],
  });
}

/** A page of one person; what its console complains of is kept and fails the test at `quiet`. */
export async function person(browser, { size = DESK, locale = 'zh-CN', dark = false, at = CENTER, touch = false } = {}) {
  const context = await browser.newContext({
    viewport: size,
    hasTouch: touch,
    isMobile: touch,
    locale,
    timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light',
    permissions: ['geolocation'],
    geolocation: { latitude: at.lat, longitude: at.lon },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    // What a browser says of itself: a lost network, and a refused log-in, are part of the play.
    const isNetwork = /ERR_|Failed to load resource|WebSocket connection/.test(text);
    if (message.type() === 'error' && !isNetwork) page.complaints.push(text);
  });
  return page;
}

export async function logIn(page, url, name) {
  await page.goto(url);
  await page.fill('input[name=name]', name);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('form button.btn-primary');
}

/** Serious faults of accessibility, as axe-core finds them. */
export async function faults(page) {
  // Not as a script element: the page's own policy would refuse it, which is as it should be.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any?.[0]?.message ?? ''}`).join('; ')}`);
}

export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
