// Chromium with scripts on or off, and the checks every page has to pass.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
}

export function launch() {
  return chromium.launch({ executablePath: executable(), headless: true, args: FLAGS });
}

/**
 * A page of its own with its own cookies. Whatever the console reports as an
 * error, and every hydration warning, is kept in `page.complaints`.
 */
export async function newPage(browser, { scripts = true, width = 1280, dark = false } = {}) {
  const context = await browser.newContext({
    javaScriptEnabled: scripts,
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  page.scripts = scripts;
  page.complaints = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' || /hydrat/i.test(text)) page.complaints.push(text);
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

/** Waits until a form page is interactive; nothing to wait for without scripts. */
export async function ready(page) {
  if (page.scripts && (await page.locator('#fragebogen').count())) {
    await page.waitForFunction(() => document.documentElement.dataset.bereit === 'ja', null, { timeout: 15_000 }).catch(() => {
      throw new Error(`the page never became interactive: ${page.complaints.join(' | ')}`);
    });
  }
}

/** axe without findings, no sideways scrolling, a quiet console. */
export async function assertSound(page, what) {
  // axe is itself a script; without scripts the same markup stands there.
  if (page.scripts) {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
    assert.deepEqual(found, [], `axe on ${what}`);
  }
  await assertNoSidewaysScroll(page, what);
  assert.deepEqual(page.complaints, [], `console on ${what}`);
}

export async function assertNoSidewaysScroll(page, what) {
  const wider = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth > limit
      ? [...document.querySelectorAll('body *')]
          .filter((node) => node.getBoundingClientRect().right > limit + 1)
          .slice(0, 5)
          .map((node) => `${node.tagName}.${node.className}`)
      : [];
  });
  assert.deepEqual(wider, [], `sideways scrolling on ${what}`);
}

export async function signIn(page, base, { login, password }) {
  await page.goto(`${base}/anmelden`);
  await page.getByLabel('Kennung oder E-Mail-Adresse').fill(login);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
}
