// Screenshots for README, and of every page for looking at them:
//   make screenshots            the three of README
//   node screenshots.mjs all    every page at 1280 and 320 pixels into build/
import { mkdirSync } from 'node:fs';
import { launch, newPage, ready, signIn } from './support/browser.mjs';
import { startProgram } from './support/program.mjs';

const all = process.argv[2] === 'all';
const program = await startProgram();
const browser = await launch();
const unit = (status, form = 'ARGE') => program.demo.units.find((one) => one.status === status && one.form === form);
const staff = program.demo.staff.find((one) => one.role === 'editor');
const folder = all ? 'build' : 'screenshots';
mkdirSync(new URL(folder, import.meta.url), { recursive: true });

async function shoot(who, path, name, { width = 1280, dark = false, full = all, before } = {}) {
  const page = await newPage(browser, { width, dark });
  if (who) await signIn(page, program.base, who);
  await page.goto(`${program.base}${path}`);
  await ready(page);
  await before?.(page);
  const file = new URL(`${folder}/${name}-${width}${dark ? '-dark' : ''}.png`, import.meta.url).pathname;
  await page.screenshot({ path: file, fullPage: full });
  console.log(file);
  await page.context().close();
}

/** An error and a soft edit that fires. */
async function contradict(page) {
  await page.locator('#B1').fill('5.000');
  await page.locator('#B2').fill('12.5');
  await page.locator('#B3').fill('3.600');
  await page.locator('#B4').fill('1.000');
  await page.locator('#B5').focus();
  await page.waitForTimeout(1500);
}

try {
  await shoot(unit('started'), '/befragung', 'uebersicht');
  await shoot(unit('opened'), '/befragung/B', 'modul', { before: contradict });
  await shoot(staff, `/institut/fall/${unit('usable').kennung}`, 'fall');
  if (all) {
    for (const width of [1280, 320]) {
      for (const path of ['/anmelden', '/passwort-vergessen', '/datenschutz', '/zugang/x']) await shoot(null, path, path.replaceAll('/', '_'), { width });
      for (const path of ['', '/A', '/D', '/H', '/I', '/J', '/pruefung', '/abgabe', '/druck']) {
        await shoot(unit('started'), `/befragung${path}`, `befragung${path.replaceAll('/', '_')}`, { width });
      }
      await shoot(unit('usable'), '/befragung/quittung', 'quittung', { width });
      await shoot(staff, '/institut', 'institut', { width });
      await shoot(unit('opened'), '/befragung/B', 'modul', { width, dark: true, before: contradict });
    }
  }
} finally {
  await browser.close();
  await program.stop();
}
